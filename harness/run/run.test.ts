import { describe, expect, test } from "vitest";
import { NS_PER_MS, NS_PER_S, Random } from "../clock/index.ts";
import { BugError, EnvironmentError } from "../errors.ts";
import { concurrentKeys, type Generator, mix, operation, repeat, sequence } from "../generator/index.ts";
import { type HistoryEvent, MemoryRecorder } from "../history/index.ts";
import { JsonlRecorder } from "../history/jsonl-recorder.ts";
import { type Completion, FINAL_HEAL, type Reporter, type Workload } from "../ports/index.ts";
import { type RunOutcome, run } from "./run.ts";
import type { RunSetup } from "./run-setup.ts";
import { StopRequest } from "./stop-request.ts";
import { type FakeTarget, fakeTarget } from "./testing/fake-target.ts";

/** Reads and writes on one key; then one read of each key. */
const workload: Workload = {
  name: "small",
  description: "reads and writes",
  model: "register",
  options: {},
  operations: { read: { hasEffect: false }, write: { hasEffect: true } },
  generators: () => ({
    load: concurrentKeys({
      groups: 1,
      keyCount: 1,
      keys: () => "x",
      generatorFor: () => repeat(mix(operation({ f: "read" }), operation({ f: "write", value: 1 }))),
    }),
    recovery: (keys) => sequence(...keys.map((key) => operation({ f: "final-read", key }))),
  }),
};

const withLoad = (load: Generator): Workload => ({
  ...workload,
  generators: (setup) => ({ ...workload.generators(setup), load }),
});

interface Ran {
  readonly outcome: RunOutcome;
  readonly events: readonly HistoryEvent[];
  /** `start @0`, in ms. */
  readonly phases: readonly string[];
  readonly messages: readonly string[];
  readonly fake: FakeTarget;
}

/** Two clients for 20 ms on three nodes, without faults. */
function setupOf({ target }: FakeTarget): RunSetup {
  return {
    runId: "run-1",
    nodes: ["n1", "n2", "n3"],
    target,
    targetOptions: {},
    workload,
    workloadOptions: {},
    concurrency: 2,
    rateHz: 0,
    burst: 1,
    timeLimitNs: 20 * NS_PER_MS,
    recoveryLimitNs: 5 * NS_PER_S,
    opTimeoutNs: NS_PER_S,
    schedule: [],
    injector: () => async () => ({ type: "ok", value: null }),
    random: new Random(1),
    recorder: new MemoryRecorder(),
    reporter: {},
    stop: new StopRequest(),
  };
}

/** A started run: its promise, and what it has told so far. */
function start(given: Partial<RunSetup>, fake: FakeTarget) {
  const events: HistoryEvent[] = [];
  const phases: string[] = [];
  const messages: string[] = [];
  const reporter: Reporter = {
    onPhase: (phase, timeNs) => phases.push(`${phase} @${Math.round(timeNs / NS_PER_MS)}`),
    onEvent: (event) => events.push(event),
    onLog: (message) => messages.push(message),
  };
  const running = run({ ...setupOf(fake), reporter, logsFolder: "logs", ...given });
  return { running, events, phases, messages, fake };
}

async function ran(given: Partial<RunSetup> = {}, fake = fakeTarget({ time: "virtual" })): Promise<Ran> {
  const { running, ...told } = start(given, fake);
  return { outcome: await running, ...told };
}

/** The order of kinds of operation in a history, each named once where it goes on. */
function order(events: readonly HistoryEvent[]): string[] {
  const kinds = events.map(({ f }) => (f === "read" || f === "write" ? "load" : f));
  return kinds.filter((kind, i) => kind !== kinds[i - 1]);
}

describe.each(["virtual", "real"] as const)("a run in %s time", (time) => {
  test("starts, loads, heals, recovers and stops, in this order", async () => {
    const { phases, events, fake, outcome } = await ran({}, fakeTarget({ time }));
    expect(phases.map((phase) => phase.split(" ")[0])).toEqual(["start", "load", "recovery", "stop"]);
    expect(order(events)).toEqual(["load", FINAL_HEAL, "final-read"]);
    expect(fake.calls).toEqual(["start", "saveLogs logs", "stop"]);
    expect(outcome).toMatchObject({
      versions: { fake: "1.0" },
      interrupted: false,
      environmentError: undefined,
    });
  });

  test("that is asked to stop ends its load, heals, and leaves out the recovery", async () => {
    const stop = new StopRequest();
    let seen = 0;
    const events: HistoryEvent[] = [];
    const reporter: Reporter = {
      onEvent(event) {
        events.push(event);
        if (++seen === 6) stop.stop();
      },
    };
    const fake = fakeTarget({ time });
    const { outcome } = await ran({ stop, reporter, timeLimitNs: 3600 * NS_PER_S }, fake);
    expect(order(events)).toEqual(["load", FINAL_HEAL]);
    expect(outcome.interrupted).toBe(true);
    expect(fake.calls).toEqual(["start", "saveLogs logs", "stop"]);
  });

  test("gives each thread the node of its number, counting round", async () => {
    const fake = fakeTarget({ time });
    await ran({ concurrency: 7 }, fake);
    expect(fake.opened.toSorted()).toEqual(["n1", "n1", "n1", "n2", "n2", "n3", "n3"]);
  });
});

describe("the load", () => {
  test("lasts as long as it is to last, in the run's own time", async () => {
    const { phases } = await ran({ timeLimitNs: 3600 * NS_PER_S, rateHz: 1 });
    const [, , recovery] = phases;
    const endMs = Number(recovery?.split("@")[1]);
    expect(endMs).toBeGreaterThan(3_590_000);
    expect(endMs).toBeLessThanOrEqual(3_600_000);
  });

  test("keeps to the rate that was asked for", async () => {
    const { events } = await ran({ timeLimitNs: 100 * NS_PER_S, rateHz: 10 });
    const invoked = events.filter(({ type, f }) => type === "invoke" && (f === "read" || f === "write"));
    expect(invoked.length).toBeGreaterThan(900);
    expect(invoked.length).toBeLessThan(1_100);
  });

  test("is a function of the seed", async () => {
    const given = () => ({ random: new Random(7), recorder: new MemoryRecorder() });
    expect((await ran(given())).events).toEqual((await ran(given())).events);
    expect((await ran({ random: new Random(8) })).events).not.toEqual((await ran(given())).events);
  });

  test("carries out the schedule beside the clients", async () => {
    const value = { fault: 0, kind: "kill", plan: null };
    const asked: string[] = [];
    const { events } = await ran({
      schedule: [{ timeNs: 5 * NS_PER_MS, f: "kill", value }],
      injector: () => async (invocation) => {
        asked.push(invocation.f);
        return { type: "ok", value: invocation.value };
      },
    });
    expect(asked).toEqual(["kill", FINAL_HEAL]);
    expect(events.find(({ f }) => f === "kill")).toMatchObject({
      process: "nemesis",
      time: 5 * NS_PER_MS,
      value,
    });
  });

  test("takes an operation that the workload does not declare for one with an effect", async () => {
    const { events } = await ran(
      { workload: withLoad(sequence(operation({ f: "surprise" }))), opTimeoutNs: NS_PER_MS / 2 },
      fakeTarget({ time: "virtual" }),
    );
    expect(events.find(({ f, type }) => f === "surprise" && type !== "invoke")?.type).toBe("info");
  });
});

describe("a stop request", () => {
  test("before the start lets nothing happen but the final heal", async () => {
    const stop = new StopRequest();
    stop.stop();
    const { events, outcome, fake } = await ran({ stop });
    expect(order(events)).toEqual([FINAL_HEAL]);
    expect(outcome.interrupted).toBe(true);
    expect(fake.startedWith[0]?.signal.aborted).toBe(true);
  });

  test("in the recovery ends that", async () => {
    const stop = new StopRequest();
    let finalReads = 0;
    const reporter: Reporter = {
      onEvent({ f, type }) {
        if (f !== "final-read" || type !== "invoke") return;
        finalReads++;
        stop.stop();
      },
    };
    const keys = Array.from({ length: 50 }, (_, i) => `k${i}`);
    const manyKeys = withLoad(sequence(...keys.map((key) => operation({ f: "write", key, value: 1 }))));
    const { outcome } = await ran({ stop, reporter, workload: manyKeys, timeLimitNs: NS_PER_S });
    expect(outcome.interrupted).toBe(true);
    expect(finalReads).toBe(1);
  });
});

describe("the recovery", () => {
  test("is given the keys of the load, in order of first use", async () => {
    const keys = ["b", "a", "c", "a"];
    const load = sequence(...keys.map((key) => operation({ f: "write", key, value: 1 })));
    const { events } = await ran({ workload: withLoad(load), concurrency: 1 });
    const read = events.filter(({ f, type }) => f === "final-read" && type === "ok");
    expect(read.map(({ key }) => key)).toEqual(["b", "a", "c"]);
  });

  test("ends at its own limit", async () => {
    const endless: Workload = {
      ...workload,
      generators: (setup) => ({
        ...workload.generators(setup),
        recovery: () => repeat(operation({ f: "final-read" })),
      }),
    };
    const { outcome } = await ran({ workload: endless, recoveryLimitNs: 30 * NS_PER_MS });
    expect(outcome.endNs).toBeGreaterThan(45 * NS_PER_MS);
    expect(outcome.endNs).toBeLessThan(60 * NS_PER_MS);
  });
});

describe("what breaks", () => {
  const engineGone = new EnvironmentError({ code: "docker-unavailable", message: "no engine answers" });

  test("at the start: nothing was recorded, and there is nothing to stop", async () => {
    const fake = fakeTarget({ time: "virtual", fails: { start: engineGone } });
    const { running, events, phases } = start({}, fake);
    await expect(running).rejects.toBe(engineGone);
    expect(events).toEqual([]);
    expect(phases).toEqual(["start @0"]);
    expect(fake.calls).toEqual(["start"]);
  });

  test("when faults are refused: nothing was recorded, and the cluster is stopped", async () => {
    const { running, events, fake } = start(
      {
        injector: () => {
          throw engineGone;
        },
      },
      fakeTarget({ time: "virtual" }),
    );
    await expect(running).rejects.toBe(engineGone);
    expect(events).toEqual([]);
    expect(fake.calls).toEqual(["start", "saveLogs logs", "stop"]);
  });

  test("in the load: the cluster is stopped, its logs are kept", async () => {
    const broken: Generator = {
      op() {
        throw new BugError({ code: "odd", message: "odd" });
      },
      update: () => broken,
    };
    const { running, phases, fake } = start({ workload: withLoad(broken) }, fakeTarget({ time: "virtual" }));
    await expect(running).rejects.toMatchObject({ code: "odd" });
    expect(fake.calls).toEqual(["start", "saveLogs logs", "stop"]);
    expect(phases.at(-1)).toBe("stop @0");
  });

  test("in the recorder, such as a full disk: the cluster is stopped", async () => {
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const recorder = new JsonlRecorder("history.jsonl", {
      write() {
        throw full;
      },
      close() {},
    });
    const { running, fake } = start({ recorder }, fakeTarget({ time: "virtual" }));
    await expect(running).rejects.toMatchObject({ code: "history-write-failed" });
    expect(fake.calls.at(-1)).toBe("stop");
  });

  test("in saving the logs: it is told, and the cluster is stopped", async () => {
    const fake = fakeTarget({ time: "virtual", fails: { saveLogs: new Error("disk full") } });
    const { messages, outcome } = await ran({}, fake);
    expect(messages).toEqual(["the nodes' logs could not be saved: disk full"]);
    expect(fake.calls.at(-1)).toBe("stop");
    expect(outcome.environmentError).toBeUndefined();
  });

  test("in connecting: every operation fails, and the run goes on to its end", async () => {
    const fails = { openClient: new Error("connection refused") };
    const { events, outcome } = await ran({ rateHz: 1_000 }, fakeTarget({ time: "virtual", fails }));
    const completions = events.filter(({ type, process }) => type !== "invoke" && process !== "nemesis");
    expect(new Set(completions.map(({ type, error }) => `${type} ${error?.code}`))).toEqual(
      new Set(["fail no-client"]),
    );
    expect(outcome.interrupted).toBe(false);
  });

  test("in the final heal: the recovery is tried all the same, and the outcome tells", async () => {
    const injector = () => async (): Promise<Completion> => {
      throw new Error("restart: n2 does not answer");
    };
    const { outcome, events } = await ran({ injector });
    expect(order(events)).toEqual(["load", FINAL_HEAL, "final-read"]);
    expect(outcome.environmentError).toMatchObject({
      name: "EnvironmentError",
      code: "not-healed",
      message: "final-heal failed: restart: n2 does not answer",
    });
  });

  test("in stopping the cluster, after a whole run: the record stands, and the outcome tells", async () => {
    const fake = fakeTarget({ time: "virtual", fails: { stop: engineGone } });
    const { outcome, events } = await ran({}, fake);
    expect(order(events)).toEqual(["load", FINAL_HEAL, "final-read"]);
    expect(outcome.environmentError).toBe(engineGone);
  });

  test("in stopping the cluster, after something else broke: that is what is thrown", async () => {
    const fake = fakeTarget({ time: "virtual", fails: { stop: engineGone } });
    const injector = () => {
      throw new BugError({ code: "odd", message: "odd" });
    };
    const { running, messages } = start({ injector }, fake);
    await expect(running).rejects.toMatchObject({ code: "odd" });
    expect(messages).toEqual(["no engine answers"]);
  });

  test("in stopping the cluster, and is no matter of the environment, is thrown as it is", async () => {
    const mistake = new TypeError("nodes is undefined");
    const fake = fakeTarget({ time: "virtual", fails: { stop: mistake } });
    await expect(start({}, fake).running).rejects.toBe(mistake);
  });

  test("in the reporter changes nothing in the run", async () => {
    const fail = () => {
      throw new Error("broken pipe");
    };
    const recorder = new MemoryRecorder();
    const fake = fakeTarget({ time: "virtual" });
    const { outcome } = await ran(
      { recorder, reporter: { onPhase: fail, onEvent: fail, onLog: fail } },
      fake,
    );
    const undisturbed = await ran({ recorder: new MemoryRecorder() });
    expect(outcome).toEqual({
      ...undisturbed.outcome,
      warnings: [
        "a reporter failed in onPhase and is not called there any more: broken pipe",
        "a reporter failed in onEvent and is not called there any more: broken pipe",
      ],
    });
    expect(recorder.eventCount).toBe(undisturbed.events.length);
    expect(fake.calls.at(-1)).toBe("stop");
  });
});

test("the target is told what the run is, and logs stay where they are when nobody wants them", async () => {
  const fake = fakeTarget({ time: "virtual" });
  await run({ ...setupOf(fake), targetOptions: { speed: "high" } });
  expect(fake.calls).toEqual(["start", "stop"]);
  expect(fake.startedWith[0]).toMatchObject({
    runId: "run-1",
    nodes: ["n1", "n2", "n3"],
    options: { speed: "high" },
  });
});
