import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { EffectQueue } from "./effect-queue.ts";
import type { Effect } from "./frame.ts";

/** A host whose syncs finish when the test says so. */
function recordingHost() {
  const done: string[] = [];
  const syncs: (() => void)[] = [];
  const note = (text: string) => () => {
    done.push(text);
  };
  const queue = new EffectQueue<string>({
    send: (to, message) => done.push(`send ${to} ${message}`),
    reply: (client, sequence) => done.push(`reply ${client} ${sequence}`),
    setTimer: (name) => done.push(`set ${name}`),
    cancelTimer: (name) => done.push(`cancel ${name}`),
    write: note("write"),
    append: note("append"),
    truncate: note("truncate"),
    sync: (onDurable) => syncs.push(onDurable),
    log: note("log"),
  });
  return { queue, done, syncs };
}

const send = (message: string): Effect<string> => ({ type: "send", to: "n2", message });
const sync: Effect<string> = { type: "sync" };
const reply: Effect<string> = {
  type: "reply",
  client: "c1",
  sequence: 1,
  reply: { type: "ok", value: null },
};

describe("effects", () => {
  it("leave at once where nothing waits for the disk", () => {
    const { queue, done } = recordingHost();
    queue.perform([send("a"), { type: "write", name: "x", value: 1 }, send("b")]);
    expect(done).toEqual(["send n2 a", "write", "send n2 b"]);
  });

  it("wait behind a sync, also those of later events, while timers and writes go on", () => {
    const { queue, done, syncs } = recordingHost();
    queue.perform([send("before"), sync, reply]);
    queue.perform([send("later"), { type: "set-timer", name: "t", delayNs: 1 }]);
    expect(done).toEqual(["send n2 before", "set t"]);
    syncs[0]?.();
    expect(done).toEqual(["send n2 before", "set t", "reply c1 1", "send n2 later"]);
  });

  test.prop([fc.array(fc.constantFrom("send", "sync")), fc.infiniteStream(fc.nat())])(
    "are released in order, each exactly when every sync before it has finished",
    (kinds, choices) => {
      const { queue, done, syncs } = recordingHost();
      const finished = new Set<number>();
      const released = () => {
        const expected: string[] = [];
        let barrier = 0;
        for (const [i, kind] of kinds.entries()) {
          if (kind === "sync" && !finished.has(barrier++)) break;
          if (kind === "send") expected.push(`send n2 ${i}`);
        }
        return expected;
      };
      queue.perform(kinds.map((kind, i) => (kind === "sync" ? sync : send(`${i}`))));
      expect(done).toEqual(released());
      const open = syncs.map((_, i) => i);
      while (open.length > 0) {
        const [i] = open.splice((choices.next().value as number) % open.length, 1) as [number];
        finished.add(i);
        syncs[i]?.();
        expect(done).toEqual(released());
      }
    },
  );
});
