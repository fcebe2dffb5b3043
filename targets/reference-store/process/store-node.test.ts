import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Wakeup } from "../../../harness/clock/clock.ts";
import { NS_PER_S, Random, RealClock } from "../../../harness/clock/index.ts";
import { VirtualClock } from "../../../harness/clock/virtual-clock.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { pollUntil } from "../../poll.ts";
import type { Message, MessageBody } from "../../process/message.ts";
import type { Protocol } from "../frame.ts";
import { simulatedProgram } from "../simulated-program.ts";
import { storeOptions } from "../store-options.ts";
import { Journal } from "./journal.ts";
import { StoreNode } from "./store-node.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-store-node-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A raft cluster of one, in this process. */
class LoneNode {
  readonly written: Message[] = [];
  readonly #clock = new RealClock();
  readonly #node: StoreNode;
  #lastId = 1;

  constructor() {
    const { protocol, bugs, own } = storeOptions({ protocol: "raft" });
    this.#node = new StoreNode({
      program: simulatedProgram(protocol, { timeoutNs: 20e6, bugs, options: own }),
      clock: this.#clock,
      startedNs: 0,
      random: new Random(1),
      openJournal: (id) =>
        new Journal(join(folder, id), (error) => {
          throw error;
        }),
      write: (message) => this.written.push(message),
      log: () => {},
    });
  }

  tell(body: MessageBody): void {
    this.#node.receive({ src: "c1", dest: "n1", body });
  }

  /** The answer to a request, which is asked again until it is no error. */
  async answer(body: MessageBody): Promise<MessageBody> {
    let answer: MessageBody | undefined;
    let msgId = 0;
    await pollUntil(this.#clock, { timeoutMs: 10_000, everyMs: 5 }, async () => {
      const last = this.written.find((each) => each.body["in_reply_to"] === msgId)?.body;
      if (last !== undefined && !JSON.stringify(last).includes('"error"')) answer = last;
      else {
        msgId = ++this.#lastId;
        this.tell({ ...body, sequence: msgId, msg_id: msgId });
      }
      return answer !== undefined;
    });
    return answer ?? {};
  }
}

const init: MessageBody = { type: "init", msg_id: 1, node_id: "n1", node_ids: ["n1"] };

test("init is answered by the name it gives", () => {
  const node = new LoneNode();
  node.tell(init);
  expect(node.written[0]).toEqual({ src: "n1", dest: "c1", body: { type: "init_ok", in_reply_to: 1 } });
});

test("what is asked before init, or is no request, is refused", () => {
  const node = new LoneNode();
  node.tell({ type: "status", msg_id: 1 });
  node.tell(init);
  node.tell({ type: "dance", msg_id: 2 });
  expect(node.written.map(({ body }) => body["code"])).toEqual([11, undefined, 10]);
});

/** Answers every request with what its clocks show. */
const clockTeller: Protocol<null, Json> = {
  name: "clock-teller",
  promises: [],
  operations: ["read"],
  source: "none",
  description: "tells the time",
  bugs: {},
  start: () => ({ state: null, effects: [] }),
  handle: (_, event, { nowNs, monotonicNs = null }) =>
    event.type === "request"
      ? [{ type: "reply", ...event.request, reply: { type: "ok", value: { nowNs, monotonicNs } } }]
      : [],
};

test("a protocol has a clock that does not jump, from its start on, beside the one that all nodes agree on", async () => {
  const clock = new VirtualClock();
  const written: Message[] = [];
  const node = new StoreNode({
    program: simulatedProgram(clockTeller, { timeoutNs: NS_PER_S, bugs: new Set(), options: {} }),
    clock,
    startedNs: 100 * NS_PER_S,
    random: new Random(1),
    openJournal: (id) =>
      new Journal(join(folder, id), (error) => {
        throw error;
      }),
    write: (message) => written.push(message),
    log: () => {},
  });
  node.receive({ src: "c1", dest: "n1", body: init });
  await clock.wait(new Wakeup(), 2 * NS_PER_S);
  const body = { type: "operation", msg_id: 2, client: "s1", sequence: 1, f: "read", key: "x", value: null };
  node.receive({ src: "c1", dest: "n1", body });
  expect(written.at(-1)?.body).toMatchObject({
    reply: { type: "ok", value: { nowNs: 102 * NS_PER_S, monotonicNs: 2 * NS_PER_S } },
  });
});

describe("a node that leads", () => {
  const operation = (f: string, value: number | null): MessageBody => ({
    type: "operation",
    client: "s1",
    sequence: 0,
    f,
    key: "x",
    value,
  });

  test("says so, answers operations, and has what it acknowledged after a start on the same disk", async () => {
    const node = new LoneNode();
    node.tell(init);
    expect(await node.answer(operation("write", 7))).toMatchObject({
      type: "operation_ok",
      reply: { type: "ok", value: 7 },
    });
    expect(await node.answer({ type: "status" })).toMatchObject({ type: "status_ok", leads: true });
    const again = new LoneNode();
    again.tell(init);
    expect(await again.answer({ ...operation("read", null), client: "s2" })).toMatchObject({
      reply: { type: "ok", value: 7 },
    });
  });
});
