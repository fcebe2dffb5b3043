import { describe, expect, it } from "vitest";
import { NS_PER_MS, NS_PER_S } from "../../../harness/clock/duration.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { StepObserver } from "../simulated-program.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { boundedStaleness } from "./bounded-staleness.ts";
import type { StalenessMessage, StalenessState } from "./bounded-staleness-state.ts";

const DELTA_MS = 200;

/** Replica n2 of primary n1. */
function replica(options: Readonly<Record<string, string>>) {
  const node = oneNode(boundedStaleness, { id: "n2", options });
  const { number } = node.state;
  const updates = (of: number, values: readonly number[], length = values.length): StalenessMessage => ({
    type: "Updates",
    number: of,
    position: 0,
    updates: values.map((value, i) => request("write", value, { client: "c2", sequence: i + 1 })),
    length,
  });
  const told = (of: number, length: number): StalenessMessage => ({
    type: "Updates",
    number: of,
    position: null,
    updates: [],
    length,
  });
  return { ...node, number, updates, told, read: request("read", null) };
}

describe("a replica with a bound in time", () => {
  const started = () => replica({ bound: "time", delta: `${DELTA_MS}ms` });

  it("asks when it has just started, and answers with what came", () => {
    const { ask, hear, updates, number, read } = started();
    expect(repliesIn(ask(read))).toEqual([]);
    expect(repliesIn(hear("n1", updates(number + 1, [7])))).toEqual([{ type: "ok", value: 7 }]);
  });

  it("is as old as the sending of the poll, not the arrival of its answer", () => {
    const { ask, hear, updates, number, read, pass } = started();
    pass(DELTA_MS * NS_PER_MS);
    hear("n1", updates(number, [7]));
    expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: 7 }]);
    pass(1);
    expect(repliesIn(ask(read))).toEqual([]);
  });

  it("looks again after the wait, and refuses when nothing new comes", () => {
    const { ask, hear, fire, updates, number, read, pass } = started();
    ask(read);
    pass(DELTA_MS * NS_PER_MS + 1);
    expect(repliesIn(hear("n1", updates(number + 1, [7])))).toEqual([]);
    const replies = [fire("poll"), fire("poll"), fire("poll")].flatMap(repliesIn);
    expect(replies).toMatchObject([{ type: "error", code: "too-stale", definite: true }]);
  });

  it("is not fresh before it has everything", () => {
    const { ask, hear, updates, number, read } = started();
    hear("n1", updates(number, [7], 2));
    expect(repliesIn(ask(read))).toEqual([]);
  });
});

describe("a replica with a bound in versions", () => {
  const started = () => replica({ bound: "versions", versions: "3" });

  it("asks for each read, and answers when it lacks less", () => {
    const { ask, hear, updates, told, number, read } = started();
    hear("n1", updates(number, [7]));
    expect(sentTo(ask(read), "n1")).toEqual([{ type: "Poll", number: number + 1, position: null }]);
    expect(repliesIn(hear("n1", told(number + 1, 3)))).toEqual([{ type: "ok", value: 7 }]);
  });

  it("catches up when it lacks as much or more", () => {
    const { ask, hear, updates, told, number, read } = started();
    hear("n1", updates(number, [7]));
    ask(read);
    expect(sentTo(hear("n1", told(number + 1, 4)), "n1")).toMatchObject([{ type: "Poll", position: 1 }]);
    expect(repliesIn(hear("n1", updates(number + 2, [7, 8])))).toEqual([{ type: "ok", value: 8 }]);
  });

  it("takes no length that was asked for before the read came", () => {
    const { ask, hear, told, number, read } = started();
    ask(request("read", null, { client: "c8" }));
    ask(read);
    expect(repliesIn(hear("n1", told(number + 1, 0)))).toHaveLength(1);
    expect(repliesIn(hear("n1", told(number + 2, 0)))).toHaveLength(1);
  });
});

const nameOf = ({ client, sequence }: { client: string; sequence: number }) => `${client} ${sequence}`;

/** Throws where a replica answers a read without something that the primary had delta ago, and did not lose since. */
function notTooOld() {
  const lengths: { readonly timeNs: number; readonly length: number }[] = [{ timeNs: 0, length: 0 }];
  const seen = { answers: 0, stale: 0 };
  const reads = new Set<string>();
  const observe: StepObserver<StalenessState, Json> = ({ node, timeNs, state, event, effects }) => {
    if (event?.type === "request" && event.request.f === "read") reads.add(nameOf(event.request));
    if (node === state.primary) {
      lengths.push({ timeNs, length: state.log.length });
      return;
    }
    const answered = effects.some(
      (effect) => effect.type === "reply" && effect.reply.type === "ok" && reads.has(nameOf(effect)),
    );
    if (!answered) return;
    const before = lengths.findLastIndex((each) => each.timeNs <= timeNs - DELTA_MS * NS_PER_MS);
    const since = lengths.slice(Math.max(0, before)).map(({ length }) => length);
    if (state.position < (lengths.at(-1)?.length ?? 0)) seen.stale++;
    seen.answers++;
    if (state.position < Math.min(...since)) throw new Error(`${node} answers at ${state.position}`);
  };
  return { observe, seen };
}

describe("bounded-staleness under kills, pauses, partitions, loss and duplication", () => {
  const evidence = evidenceBeyond({ faults: 8, answers: 50, stale: 5 });

  it.each(seeds(12))(
    "seed %i: no answer is older than delta, and it comes back",
    async (seed) => {
      const { observe, seen } = notTooOld();
      const options = { bound: "time", delta: `${DELTA_MS}ms` };
      const run = await chaosRun({ protocol: boundedStaleness, seed, options, observe });
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      evidence.count(run, seen);
    },
    60_000,
  );

  it.each(seeds(12))(
    "seed %i: with a bound of one version it is linearizable",
    async (seed) => {
      const options = { bound: "versions", versions: "1" };
      const run = await chaosRun({ protocol: boundedStaleness, seed, options, clocks: true });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
