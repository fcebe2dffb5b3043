import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Effect } from "../frame.ts";
import { nodeOf } from "../key-placement.ts";
import type { ListOperation } from "../lists.ts";
import type { StepObserver } from "../simulated-program.ts";
import { chaosRun, type ObservedOperation } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { saga } from "./saga.ts";
import type { Course, Message, State } from "./saga-state.ts";

const nodes = ["n1", "n2", "n3"];
const keyAt = (node: string) =>
  Array.from({ length: 50 }, (_, i) => `k${i}`).find((key) => nodeOf(key, nodes) === node) as string;
const [, y, z] = nodes.map(keyAt) as [string, string, string];

const append = (key: string, value: number): ListOperation => ["append", key, value];
const kinds = (effects: readonly Effect<unknown>[]) => effects.map(({ type }) => type);
const ofStep = (type: string, step: number, more: object = {}) =>
  ({ type, saga: "n1.1.1", step, ...more }) as Message;

/** What a node finds again after a restart, if everything that it wrote was synced. */
function diskAfter(effects: readonly Effect<unknown>[]) {
  const log = effects.flatMap((effect) => (effect.type === "append" ? effect.entries : []));
  return { records: new Map<string, Json>([["runs", 1]]), logs: new Map([["log", log]]) };
}

describe("the orchestrator of a saga", () => {
  const orchestrator = () => oneNode(saga, { id: "n1", nodes });
  const steps = [append(y, 1), append(z, 2), append(y, 3)];

  it("logs it before the first step, asks for one step after the other, and logs that all have happened", () => {
    const { ask, hear } = orchestrator();
    const asked = ask(request("txn", steps));
    expect(kinds(asked)).toEqual(["append", "sync", "send"]);
    expect(sentTo(asked, "n2")).toEqual([ofStep("Do", 0, { operation: steps[0] })]);
    expect(sentTo(hear("n2", ofStep("Done", 0, { list: [] })), "n3")).toMatchObject([
      { type: "Do", step: 1 },
    ]);
    hear("n3", ofStep("Done", 1, { list: [] }));
    const last = hear("n2", ofStep("Done", 2, { list: [] }));
    expect(kinds(last)).toEqual(["append", "sync", "reply"]);
    expect(repliesIn(last)).toEqual([{ type: "ok", value: steps }]);
  });

  it("goes back where a step is refused, and tells the client when all are compensated", () => {
    const { ask, hear } = orchestrator();
    ask(request("txn", steps));
    hear("n2", ofStep("Done", 0, { list: [] }));
    expect(sentTo(hear("n3", ofStep("Refused", 1)), "n3")).toMatchObject([{ type: "Undo", step: 1 }]);
    expect(sentTo(hear("n3", ofStep("Undone", 1)), "n2")).toMatchObject([{ type: "Undo", step: 0 }]);
    expect(repliesIn(hear("n2", ofStep("Undone", 0)))).toMatchObject([{ type: "fail", code: "compensated" }]);
  });

  it("gives up a step that nobody answers, and takes an answer that comes too late for nothing", () => {
    const { ask, hear, fire } = orchestrator();
    ask(request("txn", steps));
    for (let round = 1; round <= 6; round++)
      expect(sentTo(fire("again"), "n2")).toMatchObject([{ type: "Do" }]);
    expect(sentTo(fire("again"), "n2")).toMatchObject([{ type: "Undo", step: 0 }]);
    expect(hear("n2", ofStep("Done", 0, { list: [] }))).toEqual([]);
  });

  it("compensates after a restart what it had begun, from its last step on, and not what it had committed", () => {
    const { ask, hear } = orchestrator();
    const begun = ask(request("txn", steps.slice(0, 2)));
    const restarted = (effects: readonly Effect<unknown>[]) =>
      oneNode(saga, { id: "n1", nodes, disk: diskAfter(effects) });
    expect(sentTo(restarted(begun).fire("again"), "n3")).toMatchObject([{ type: "Undo", step: 1 }]);
    hear("n2", ofStep("Done", 0, { list: [] }));
    const committed = hear("n3", ofStep("Done", 1, { list: [] }));
    expect(kinds(restarted([...begun, ...committed]).fire("again"))).toEqual(["set-timer"]);
  });
});

describe("a participant of a saga", () => {
  const participant = () => oneNode(saga, { id: "n2", nodes });
  const doIt = ofStep("Do", 0, { operation: append(y, 1) });
  const undoIt = ofStep("Undo", 0, { operation: append(y, 1) });

  it("does a step once, and compensates it once, durably before it says so", () => {
    const { hear, state } = participant();
    expect(kinds(hear("n1", doIt))).toEqual(["append", "sync", "send"]);
    expect(sentTo(hear("n1", doIt), "n1")).toMatchObject([{ type: "Done" }]);
    expect(state.lists.get(y)).toEqual([1]);
    hear("n3", { ...doIt, saga: "other", operation: append(y, 2) } as Message);
    for (let i = 0; i < 2; i++) expect(sentTo(hear("n1", undoIt), "n1")).toMatchObject([{ type: "Undone" }]);
    expect(state.lists.get(y)).toEqual([2]);
  });

  it("does not do what was compensated before it came, also after a restart", () => {
    const before = participant();
    const disk = diskAfter(before.hear("n1", undoIt));
    for (const node of [before, oneNode(saga, { id: "n2", nodes, disk })]) {
      expect(node.hear("n1", doIt)).toEqual([]);
      expect(node.state.lists.get(y)).toEqual([]);
    }
  });
});

describe("a saga that nobody orchestrates", () => {
  const course: Course = {
    saga: "s",
    origin: "n1",
    client: "c1",
    sequence: 1,
    operations: [append(y, 1), append(z, 2)],
    reads: [],
    direction: "forward",
    at: 0,
  };
  const event = (changes: Partial<Course> = {}): Message => ({
    type: "Event",
    course: { ...course, ...changes },
  });

  it("goes from node to node, each step durable with the event that follows, which is sent until received", () => {
    const before = oneNode(saga, { id: "n2", nodes });
    const effects = before.hear("n1", event());
    expect(kinds(effects)).toEqual(["append", "sync", "send", "send"]);
    expect(sentTo(effects, "n3")).toEqual([event({ at: 1 })]);
    expect(sentTo(effects, "n1")).toEqual([{ type: "Received", event: "s forward 0" }]);
    for (const node of [before, oneNode(saga, { id: "n2", nodes, disk: diskAfter(effects) })]) {
      expect(sentTo(node.hear("n1", event()), "n3")).toEqual([]);
      expect(node.state.lists.get(y)).toEqual([1]);
      expect(sentTo(node.fire("again"), "n3")).toEqual([event({ at: 1 })]);
      node.hear("n3", { type: "Received", event: "s forward 1" });
      expect(sentTo(node.fire("again"), "n3")).toEqual([]);
    }
  });

  it("goes back over the steps that happened, and ends where its client waits", () => {
    const { hear, state } = oneNode(saga, { id: "n2", nodes });
    hear("n1", event());
    const back = hear("n3", event({ direction: "back" }));
    expect(state.lists.get(y)).toEqual([]);
    expect(sentTo(back, "n1")).toEqual([event({ direction: "end", at: -1 })]);
    const home = oneNode(saga, { id: "n1", nodes });
    const ended = home.hear("n2", event({ direction: "end", at: -1 }));
    expect(repliesIn(ended)).toMatchObject([{ type: "fail", code: "compensated" }]);
    expect(repliesIn(home.hear("n3", event({ direction: "end", at: 2 })))).toMatchObject([{ type: "ok" }]);
  });
});

describe("saga", () => {
  const evidence = evidenceBeyond({ whole: 30, compensated: 8 });

  it.each(seeds(12))(
    "seed %i: in the end all steps of a saga have happened or none, whatever strikes",
    async (seed) => {
      const seen = { whole: 0, compensated: 0 };
      const states = new Map<string, State>();
      const observe: StepObserver<State, Json> = ({ node, state }) => {
        states.set(node, state);
      };
      const options = { style: seed % 2 === 0 ? "orchestrated" : "choreographed", refusals: "0.2" };
      const run = await chaosRun({ protocol: saga, seed, options, nodes: 3 + (seed % 3), observe });
      const held = (key: Key) => [...states.values()].flatMap(({ lists }) => lists.get(key));
      const open = new Set([...states.values()].flatMap(underWay));
      for (const operation of run.operations) {
        const elements = appendsOf(operation);
        if (elements.length === 0 || elements.some(([, , element]) => open.has(element))) continue;
        const times = elements.map(([, key, element]) => held(key).filter((each) => each === element).length);
        const whole = times.every((count) => count === 1);
        const none = times.every((count) => count === 0);
        const fits = operation.type === "ok" ? whole : operation.type === "fail" ? none : whole || none;
        expect(fits, `${JSON.stringify(operation)} is there ${times} times`).toBe(true);
        if (whole) seen.whole++;
        else seen.compensated++;
      }
      evidence.count(run, seen);
      expect(run.recoveryNs).toBeLessThan(10 * NS_PER_S);
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});

/** What is appended by sagas that have not come to their end. */
function underWay({ running, outbox }: State): Json[] {
  const operations = [
    ...[...running.values()].flatMap((each) => each.operations),
    ...[...outbox.values()].flatMap(({ course }) => course.operations),
  ];
  return operations.flatMap(([f, , element]) => (f === "append" ? [element] : []));
}

function appendsOf({ input }: ObservedOperation): readonly ListOperation[] {
  return (input as readonly ListOperation[]).filter(([f]) => f === "append");
}
