import { NS_PER_MS } from "../../clock/index.ts";
import type { Json, Key } from "../../history/index.ts";
import { type Cluster, offering, type Target, type TargetSetup } from "../../ports/index.ts";

type Step = "start" | "openClient" | "saveLogs" | "stop";

interface FakeTargetSetup {
  readonly time: Target["time"];
  /** What goes wrong, and how. */
  readonly fails?: Partial<Readonly<Record<Step, Error>>>;
}

/** A store in memory, and what was asked of it. */
export interface FakeTarget {
  readonly target: Target;
  /** `start`, `saveLogs FOLDER`, `stop`, in order. */
  readonly calls: readonly string[];
  /** The node of each client that was opened. */
  readonly opened: readonly string[];
  /** What the target was started with. */
  readonly startedWith: readonly TargetSetup[];
}

/** Registers in one map, each answer 1 ms after its question, in either kind of time. */
export function fakeTarget({ time, fails = {} }: FakeTargetSetup): FakeTarget {
  const calls: string[] = [];
  const opened: string[] = [];
  const startedWith: TargetSetup[] = [];
  const unavailable = { unavailable: "a fake has no faults", hint: "none" };

  const call = (step: Step, detail = ""): void => {
    calls.push(`${step}${detail}`);
    if (fails[step] !== undefined) throw fails[step];
  };

  async function start(setup: TargetSetup): Promise<Cluster> {
    startedWith.push(setup);
    call("start");
    const registers = new Map<Key | undefined, Json>();
    return {
      nodes: setup.nodes,
      capabilities: offering({}, () => unavailable),
      versions: { fake: "1.0" },
      async openClient(node) {
        opened.push(node);
        if (fails.openClient !== undefined) throw fails.openClient;
        return {
          async invoke({ f, key, value }) {
            await setup.clock.sleep(NS_PER_MS);
            if (f !== "read") registers.set(key, value);
            return { type: "ok", value: f === "read" ? (registers.get(key) ?? null) : value, node };
          },
          close: async () => {},
        };
      },
      async saveLogs(directory) {
        call("saveLogs", ` ${directory}`);
        return [];
      },
      [Symbol.asyncDispose]: async () => call("stop"),
    };
  }

  const target = {
    name: "fake",
    description: "registers in memory",
    environment: "sim",
    defaultNodes: 3,
    options: {},
    operations: ["read", "write"],
    capabilities: [],
    start,
  } as const;
  return {
    target: time === "virtual" ? { ...target, time } : { ...target, time },
    calls,
    opened,
    startedWith,
  };
}
