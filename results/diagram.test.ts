import { describe, expect, test } from "vitest";
import { type GivenEvent, historyOf } from "../harness/history/index.ts";
import type { TraceEvent } from "../harness/ports/index.ts";
import { renderDiagram } from "./diagram.ts";

const MS = 1_000_000;

/** An event of a history with its instant in ms. */
const at = (ms: number, event: Omit<GivenEvent, "time" | "index">): GivenEvent => ({
  ...event,
  time: ms * MS,
});
const write = { f: "write", key: "x", value: 1 } as const;
const read = { f: "read", key: "x", value: null } as const;

type Traced = TraceEvent extends infer E ? (E extends TraceEvent ? Omit<E, "timeNs"> : never) : never;
const traced = (ms: number, event: Traced): TraceEvent => ({ ...event, timeNs: ms * MS }) as TraceEvent;

/** A message from its sending to its end, which is an arrival unless there is a reason against it. */
const message = (
  number: number,
  from: string,
  to: string,
  type: string,
  sent: number,
  end: number,
  lost = false,
) => [
  traced(sent, { type: "send", message: number, from, to, body: { type, term: 1 } }),
  traced(
    end,
    lost
      ? { type: "lose", message: number, from, to, reason: "partition" }
      : { type: "deliver", message: number, from, to },
  ),
];

const partition = { f: "partition", value: { fault: 0, kind: "partition", plan: { drops: { n2: ["n1"] } } } };

const history = historyOf([
  at(1, { type: "invoke", process: 0, ...write }),
  at(2, { type: "invoke", process: "nemesis", ...partition }),
  at(2, {
    type: "ok",
    process: "nemesis",
    ...partition,
    value: { ...partition.value, effect: { effective: false, detail: "1 links blocked" } },
  }),
  at(9, { type: "ok", process: 0, ...write }),
  at(20, { type: "invoke", process: 1, ...read }),
  at(24, { type: "ok", process: 1, ...read, node: "n2" }),
  at(30, { type: "invoke", process: 3, ...write, value: 2 }),
  at(31, {
    type: "info",
    process: 3,
    ...write,
    value: 2,
    error: { code: "timeout", message: "no answer in time" },
  }),
  at(31, { type: "invoke", process: "nemesis", f: "final-heal", value: null }),
]);

const trace = [
  traced(0, { type: "node", node: "n1", what: "start" }),
  traced(0, { type: "node", node: "n2", what: "start" }),
  traced(2.5, { type: "request", client: "c0-1", node: "n1", body: write }),
  ...message(1, "n1", "n2", "Replicate", 3, 4, true),
  ...message(2, "n1", "n2", "Replicate", 4, 5, true),
  traced(6, { type: "log", node: "n2", text: "nobody speaks" }),
  ...message(3, "n2", "n1", "Hello", 6, 7),
  traced(9, { type: "reply", client: "c0-1", node: "n1", body: { type: "ok", value: 1 } }),
  ...Array.from({ length: 7 }, (_, i) =>
    message(4 + 2 * i, "n1", "n2", "Replicate", 10 + i, 10.5 + i, i > 2),
  ).flat(),
  ...Array.from({ length: 6 }, (_, i) =>
    message(5 + 2 * i, "n2", "n1", "Replicate", 10 + i, 10.7 + i),
  ).flat(),
  traced(18, { type: "node", node: "n1", what: "kill" }),
  traced(21, { type: "request", client: "c1-1", node: "n2", body: read }),
  traced(24, { type: "reply", client: "c1-1", node: "n2", body: { type: "ok", value: null } }),
  traced(31, { type: "node", node: "n2", what: "kill" }),
];

describe("a diagram of messages", () => {
  const drawn = renderDiagram({ nodes: ["n1", "n2"], concurrency: 2, history, trace });

  test("shows who sent what to whom, what was lost and why, what happened to nodes, and what clients saw", () => {
    expect(`\n${drawn}`).toMatchInlineSnapshot(`
      "
                     client 0        client 1           n1              n2
        0.001 s          o               |               |               |   client 0 asks: write x 1
        0.002 s          |               |               |               |   *** partition: n2 no longer hears n1 (1 links blocked)
        0.003 s          |------------write------------->|               |
        0.004 s          |               |               |-Replicate--×  |   lost: the link is cut  {"term":1}
              ⋮          |               |               |               |   one message: 1 Replicate; 1 of them lost
        0.006 s          |               |               |               |   n2 notes: nobody speaks
        0.007 s          |               |               |<----Hello-----|   sent 1.0 ms before  {"term":1}
        0.009 s          *<-------------ok 1-------------|               |   client 0: write x 1 -> ok
              ⋮          |               |               |               |   13 messages: 13 Replicate; 4 of them lost
        0.018 s          |               |               #               |   n1: kill
        0.020 s          |               o-------------read------------->|   client 1 asks: read x
        0.024 s          |               *<-----------ok null------------|   client 1: read x -> ok null, says n2
        0.030 s          |               o                               |   client 1 asks: write x 2
        0.031 s          |               ?                               |   client 1: write x 2 -> info, nobody knows: timeout
      "
    `);
  });

  test("leaves out how the cluster was stopped", () => {
    expect(drawn).not.toContain("n2: kill");
    expect(drawn).not.toContain("every fault is taken back");
  });

  test("counts what it leaves out", () => {
    expect(drawn).toContain("13 messages: 13 Replicate; 4 of them lost");
  });

  test("of nothing is its head", () => {
    const empty = renderDiagram({ nodes: ["n1"], concurrency: 1, history: historyOf([]), trace: [] });
    expect(empty.trim()).toBe("n1");
  });
});
