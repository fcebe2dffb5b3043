import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { NS_PER_MS, NS_PER_S } from "../harness/clock/index.ts";
import type { UsageError } from "../harness/errors.ts";
import { planRun } from "./plan-run.ts";
import { defaultRunOptions, type RunOptions } from "./run-options.ts";

const FRESH_SEED = 99;

const plan = (given: Partial<RunOptions> = {}, target?: string) =>
  planRun(target, defaultRunOptions(given), FRESH_SEED);

/** How a run is refused, as the user sees it, without what the registries hold just now. */
function refusal(given: Partial<RunOptions>, target?: string): string {
  try {
    plan(given, target);
  } catch (error) {
    const { name, code, message, hint } = error as UsageError;
    const advice = hint?.replace(/(known|options): .*/, "$1: …");
    return `${name} ${code}\n${message}\n${advice}`;
  }
  return "accepted";
}

describe("a run of which nothing is said", () => {
  test("is of the reference store, without faults, with a fresh seed", () => {
    const { target, workload, targetOptions: _options, random: _random, ...choices } = plan();
    expect([target.name, workload.name]).toEqual(["reference-store", "register"]);
    expect(choices).toMatchInlineSnapshot(`
      {
        "burst": 1,
        "concurrency": 15,
        "consistency": "linearizable",
        "faults": [],
        "nodes": [
          "n1",
          "n2",
          "n3",
          "n4",
          "n5",
        ],
        "opTimeoutNs": 2000000000,
        "rateHz": 200,
        "recoveryLimitNs": 20000000000,
        "schedule": [],
        "seed": 99,
        "timeLimitNs": 20000000000,
        "waived": Set {},
        "workloadOptions": {
          "cas": "yes",
          "final-reads": "once",
          "keys": "0",
          "ops-per-key": "100",
          "values": "0",
        },
      }
    `);
  });

  test("takes the number of nodes from its target", () => {
    expect(plan({}, "etcd").nodes).toEqual(["n1", "n2", "n3"]);
    expect(plan({ nodes: 1 }, "etcd").nodes).toEqual(["n1"]);
  });
});

describe("choices", () => {
  test("of clients are counted in all, or for each node", () => {
    expect(plan({ concurrency: { count: 7, perNode: false } }).concurrency).toBe(7);
    expect(plan({ concurrency: { count: 2, perNode: true }, nodes: 4 }).concurrency).toBe(8);
  });

  test("of options go to the target or to the workload, whichever has them, defaults filled in", () => {
    const { targetOptions, workloadOptions } = plan({
      option: [
        ["loss", "0"],
        ["values", "5"],
      ],
    });
    expect(targetOptions).toMatchObject({ loss: "0", protocol: "raft" });
    expect(workloadOptions).toMatchObject({ keys: "0", "ops-per-key": "100", values: "5" });
  });

  test("by a short name are the same as by --option, and outweigh it", () => {
    expect(plan({ protocol: "primary-local-reads" }).targetOptions["protocol"]).toBe("primary-local-reads");
    expect(plan({ keys: "3", opsPerKey: "7", option: [["keys", "4"]] }).workloadOptions).toMatchObject({
      keys: "3",
      "ops-per-key": "7",
    });
  });

  test("of one option twice: the last counts", () => {
    const option: [string, string][] = [
      ["values", "5"],
      ["values", "6"],
    ];
    expect(plan({ option }).workloadOptions["values"]).toBe("6");
  });

  test("of evidence to do without are kept", () => {
    expect(plan({ waive: ["no-recovery", "no-recovery"] }).waived).toEqual(new Set(["no-recovery"]));
  });

  test("of the environment may repeat the target's own", () => {
    expect(plan({ env: "sim" }).target.name).toBe("reference-store");
    expect(plan({ env: "docker" }, "etcd").target.name).toBe("etcd");
  });
});

describe("the seed", () => {
  const nemesis = "partition,kill,pause";

  test("decides the schedule", () => {
    expect(plan({ nemesis, seed: 7 }).schedule).toEqual(plan({ nemesis, seed: 7 }).schedule);
    expect(plan({ nemesis, seed: 7 }).schedule).not.toEqual(plan({ nemesis, seed: 8 }).schedule);
  });

  test("is the fresh one where none is given, and 0 where that is", () => {
    expect(plan({ nemesis }).schedule).toEqual(plan({ nemesis, seed: FRESH_SEED }).schedule);
    expect(plan({ seed: 0 }).seed).toBe(0);
  });

  test("leaves the same chance to the run, whatever faults there are", () => {
    const drawn = (given: Partial<RunOptions>) => plan(given).random.stream("run").uint32();
    expect(drawn({ seed: 7, nemesis })).toBe(drawn({ seed: 7 }));
    expect(drawn({ seed: 7 })).not.toBe(drawn({ seed: 8 }));
  });
});

describe("the schedule", () => {
  test.prop([
    fc.subarray(["partition", "kill", "pause"], { minLength: 1 }),
    fc.integer({ min: 1, max: 600_000 }),
    fc.nat(1_000_000),
  ])("brings up every kind, where nothing is said of intervals", (kinds, timeMs, seed) => {
    const { schedule } = plan({ nemesis: kinds.join(","), time: timeMs * NS_PER_MS, seed });
    const injected = new Set(schedule.map(({ value }) => value.kind));
    expect([...injected].toSorted()).toEqual(kinds.toSorted());
  });

  test("begins after one interval, or when it is told to", () => {
    const first = (given: Partial<RunOptions>) => plan({ nemesis: "kill", ...given }).schedule[0]?.timeNs;
    expect(first({ nemesisInterval: 3 * NS_PER_S })).toBe(3 * NS_PER_S);
    expect(first({ nemesisInterval: 3 * NS_PER_S, nemesisAfter: NS_PER_S })).toBe(NS_PER_S);
    expect(first({ nemesisAfter: 0 })).toBe(0);
  });

  test("has intervals of 10 s at most, where nothing is said of them", () => {
    const { schedule } = plan({ nemesis: "kill", time: 3600 * NS_PER_S });
    expect(schedule[0]?.timeNs).toBe(10 * NS_PER_S);
  });
});

describe("a program of the user's own", () => {
  test("is the target bin, in child processes", () => {
    const { target, targetOptions, workload } = plan({ bin: "/there/node", workload: "echo" });
    expect([target.name, target.environment, workload.name]).toEqual(["bin", "process", "echo"]);
    expect(targetOptions).toMatchObject({ bin: "/there/node", args: "[]", topology: "grid" });
  });

  test("is asked for nothing that its protocol has no request for", () => {
    expect(refusal({ bin: "/there/node", workload: "list" })).toContain(
      "has no requests for the workload list",
    );
  });

  test("must be named", () => {
    expect(refusal({ workload: "echo" }, "bin")).toMatchInlineSnapshot(`
      "UsageError missing-option
      bin needs the option bin
      the program of a node: a path, or a name to look up in PATH; short: --bin ./node"
    `);
  });
});

test("a store that runs in several environments runs in the one that is asked for", () => {
  expect(plan().target).toMatchObject({ environment: "sim", time: "virtual" });
  expect(plan({ env: "process" }).target).toMatchObject({ environment: "process", time: "real" });
  expect(refusal({ env: "process", nemesis: "clock" })).toContain("in the environment process");
});

describe("before anything starts, it refuses", () => {
  test("a target that there is not", () => {
    expect(refusal({}, "etdc")).toMatchInlineSnapshot(`
      "UsageError unknown-target
      there is no target "etdc"
      did you mean etcd? known: …"
    `);
  });

  test("a workload that there is not", () => {
    expect(refusal({ workload: "registers" })).toMatchInlineSnapshot(`
      "UsageError unknown-workload
      there is no workload "registers"
      did you mean register? known: …"
    `);
  });

  test("an environment that the target does not run in", () => {
    expect(refusal({ env: "docker" })).toMatchInlineSnapshot(`
      "UsageError wrong-environment
      reference-store runs in the environment sim or process, not in "docker"
      leave --env out, or see assay list targets"
    `);
  });

  test("an option that neither target nor workload has", () => {
    expect(refusal({ option: [["ops-per-kye", "5"]] })).toMatchInlineSnapshot(`
      "UsageError unknown-option
      neither reference-store nor the workload register has an option "ops-per-kye"
      did you mean ops-per-key? options: …"
    `);
  });

  test("an option that every object has", () => {
    expect(refusal({ option: [["toString", "5"]] })).toContain("UsageError unknown-option");
  });

  test("a short name for an option that the target lacks", () => {
    expect(refusal({ protocol: "raft" }, "etcd")).toMatchInlineSnapshot(`
      "UsageError unknown-option
      neither etcd nor the workload register has an option "protocol"
      options: …"
    `);
  });

  test("a value that the target does not know", () => {
    expect(refusal({ protocol: "paxos" })).toMatch(
      /^UsageError bad-option\noption protocol of reference-store must be one of .*raft, .*, not "paxos"\n/,
    );
  });

  test("a value that the workload cannot use", () => {
    expect(refusal({ opsPerKey: "0" })).toMatchInlineSnapshot(`
      "UsageError bad-option
      option ops-per-key of the workload register must be a whole number of at least 1, not "0"
      operations on a key before a fresh one takes its place"
    `);
  });

  test("a fault that there is not, or not on so few nodes", () => {
    expect(refusal({ nemesis: "earthquake" })).toContain("UsageError unknown-fault");
    expect(refusal({ nemesis: "partition", nodes: 1 })).toContain("UsageError too-few-nodes");
  });

  test("more faults than a run can carry out", () => {
    expect(refusal({ nemesis: "kill", nemesisInterval: 0 })).toContain("UsageError too-many-faults");
  });

  test("more clients than a process can hold", () => {
    expect(refusal({ concurrency: { count: 3_000, perNode: true } })).toMatchInlineSnapshot(`
      "UsageError too-many-clients
      a run has at most 10000 clients, not 15000
      lower --concurrency, and raise --rate for more operations"
    `);
  });

  test("a consistency model that cannot be judged", () => {
    expect(refusal({ consistency: "linearisable" })).toMatchInlineSnapshot(`
      "UsageError unknown-consistency
      there is no consistency "linearisable"
      did you mean linearizable? known: …"
    `);
  });

  test("to do without evidence that nobody asks for", () => {
    expect(refusal({ waive: ["no-recovry"] })).toMatchInlineSnapshot(`
      "UsageError unknown-evidence
      there is no evidence "no-recovry"
      did you mean no-recovery? known: …"
    `);
  });
});
