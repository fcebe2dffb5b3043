import { describe, expect, test } from "vitest";
import { NS_PER_S, Random, VirtualClock, Wakeup } from "../harness/clock/index.ts";
import { nemesis, operation, sequence } from "../harness/generator/index.ts";
import { type HistoryEvent, MemoryRecorder } from "../harness/history/index.ts";
import { interpret } from "../harness/interpreter/interpreter.ts";
import { FINAL_HEAL } from "../harness/ports/index.ts";
import { faults, injector, parseFaultRequests } from "./index.ts";
import { fakeCluster } from "./testing/fake-cluster.ts";

const requests = (text: string) => parseFaultRequests(text, faults, 3);
const killN1 = { fault: 0, kind: "kill", plan: { variant: "one", nodes: ["n1"] } };

describe("a cluster is refused before the load", () => {
  test("when it lacks a capability: the environment's fault, with its reason and its advice", () => {
    expect(() => injector(fakeCluster({ lacks: ["partition"] }), requests("kill,partition"))).toThrow(
      expect.objectContaining({
        name: "EnvironmentError",
        code: "fault-unavailable",
        message: "the fault partition cannot be injected: partition needs root",
        hint: "run as root, or leave partition out",
      }),
    );
  });

  test("when primaries are to be struck and it does not tell them", () => {
    expect(() => injector(fakeCluster(), requests("pause:primary"))).toThrow(
      expect.objectContaining({
        name: "UsageError",
        code: "no-primaries",
        message: "pause:primary cannot be injected: this target does not tell its primaries",
      }),
    );
  });

  test("but not for what nobody asked for", () => {
    expect(() => injector(fakeCluster({ lacks: ["partition", "pause"] }), requests("kill"))).not.toThrow();
    expect(() => injector(fakeCluster({ primaries: [] }), requests("kill:primary"))).not.toThrow();
  });

  test("without anything having been done to it", () => {
    const cluster = fakeCluster({ lacks: ["pause"] });
    expect(() => injector(cluster, requests("kill,pause"))).toThrow();
    expect(cluster.calls).toEqual([]);
  });
});

describe("an operation of a schedule", () => {
  test("injects by its plan, and tells the effect beside what it carried", async () => {
    const cluster = fakeCluster();
    const carryOut = injector(cluster, requests("partition,kill"));
    expect(await carryOut({ f: "kill", value: killN1 })).toEqual({
      type: "ok",
      value: { ...killN1, effect: { effective: true, detail: "kill n1" } },
    });
    expect(cluster.calls).toEqual(["kill n1"]);
  });

  test("that undoes takes its own kind back and no other", async () => {
    const cluster = fakeCluster();
    const carryOut = injector(cluster, requests("partition,kill,pause"));
    await carryOut({ f: "restart", value: killN1 });
    expect(cluster.calls).toEqual(["restart n1 n2 n3"]);
  });

  test("of a kind that nobody asked for is refused", async () => {
    const carryOut = injector(fakeCluster(), requests("kill"));
    await expect(carryOut({ f: "pause", value: killN1 })).rejects.toMatchObject({ code: "unknown-fault" });
  });
});

describe("the final heal", () => {
  test("takes back every kind that was asked for, and tells each effect", async () => {
    const cluster = fakeCluster();
    const healed = await injector(cluster, requests("partition,kill,pause"))({ f: FINAL_HEAL, value: null });
    expect(cluster.calls).toEqual(["heal", "restart n1 n2 n3", "resume n1 n2 n3"]);
    expect(healed).toEqual({
      type: "ok",
      value: {
        effects: {
          partition: { effective: true, detail: "heal" },
          kill: { effective: true, detail: "restart n1 n2 n3" },
          pause: { effective: true, detail: "resume n1 n2 n3" },
        },
      },
    });
  });

  test("leaves to the end what the store must be able to take back itself", async () => {
    const cluster = fakeCluster();
    await injector(cluster, requests("membership,partition,kill"))({ f: FINAL_HEAL, value: null });
    expect(cluster.calls).toEqual(["heal", "restart n1 n2 n3", "join n1 n2 n3"]);
  });

  test("of a run without faults does nothing", async () => {
    const cluster = fakeCluster();
    expect(await injector(cluster, [])({ f: FINAL_HEAL, value: null })).toEqual({
      type: "ok",
      value: { effects: {} },
    });
    expect(cluster.calls).toEqual([]);
  });

  test("takes back the other kinds although one fails", async () => {
    const cluster = fakeCluster({ fails: ["heal"] });
    const healing = injector(cluster, requests("partition,kill,pause"))({ f: FINAL_HEAL, value: null });
    await expect(healing).rejects.toThrow();
    expect(cluster.calls).toEqual(["heal", "restart n1 n2 n3", "resume n1 n2 n3"]);
  });
});

/** The events of a nemesis that carries these operations out on the cluster. */
async function record(
  cluster: ReturnType<typeof fakeCluster>,
  ...operations: Parameters<typeof operation>[0][]
): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  await interpret({
    clock: new VirtualClock(),
    random: new Random(1),
    generator: nemesis(sequence(...operations.map(operation))),
    concurrency: 1,
    openClient: cluster.openClient.bind(undefined, "n1"),
    nemesis: injector(cluster, requests("partition,kill")),
    hasEffect: () => true,
    recorder: new MemoryRecorder(),
    opTimeoutNs: NS_PER_S,
    nemesisTimeoutNs: NS_PER_S,
    wakeup: new Wakeup(),
    onEvent: (event) => events.push(event),
    log: () => {},
  });
  return events;
}

describe("in the history", () => {
  test("a fault that throws ends in fail, with what it threw, and the schedule goes on", async () => {
    const cluster = fakeCluster({ fails: ["kill"] });
    const events = await record(cluster, { f: "kill", value: killN1 }, { f: "restart", value: killN1 });
    expect(events.map(({ type, f }) => `${type} ${f}`)).toEqual([
      "invoke kill",
      "fail kill",
      "invoke restart",
      "ok restart",
    ]);
    expect(events[1]).toMatchObject({
      process: "nemesis",
      value: killN1,
      error: { code: "nemesis-threw", message: "no kill today" },
    });
  });

  test("a final heal that fails names everything that could not be taken back", async () => {
    const events = await record(fakeCluster({ fails: ["heal", "restart"] }), { f: FINAL_HEAL, value: null });
    expect(events[1]).toMatchObject({
      type: "fail",
      error: { message: "heal: no heal today; restart: no restart today" },
    });
  });
});
