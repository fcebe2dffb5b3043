import type {
  Capabilities,
  CapabilityName,
  Cluster,
  DirectedLink,
  Effect,
  Unavailable,
} from "../../harness/ports/index.ts";

/** A cluster that does nothing and remembers what was asked of it. */
export interface FakeCluster extends Cluster {
  /** The calls of its capabilities in order, such as `kill n1 n3` or `block n2→n1`. */
  readonly calls: readonly string[];
}

interface FakeClusterSetup {
  readonly nodes?: readonly string[];
  /** The capabilities that it lacks. */
  readonly lacks?: readonly CapabilityName[];
  /** The calls that reject, by their first word: `heal`. */
  readonly fails?: readonly string[];
  /** What it says of its primaries; absent for a store that has none. */
  readonly primaries?: readonly string[];
}

/** Three nodes and every capability unless told otherwise; every effect says which call it is of. */
export function fakeCluster(setup: FakeClusterSetup = {}): FakeCluster {
  const { nodes = ["n1", "n2", "n3"], lacks = [], fails = [], primaries } = setup;
  const calls: string[] = [];

  const call = async (name: string, of: readonly string[]): Promise<Effect> => {
    const text = [name, ...of].join(" ");
    calls.push(text);
    if (fails.includes(name)) throw new Error(`no ${name} today`);
    return { effective: true, detail: text };
  };
  const offer = <C>(name: CapabilityName, capability: C): C | Unavailable =>
    lacks.includes(name)
      ? { unavailable: `${name} needs root`, hint: `run as root, or leave ${name} out` }
      : capability;
  const capabilities: Capabilities = {
    kill: offer("kill", { kill: (of) => call("kill", of), restart: (of) => call("restart", of) }),
    pause: offer("pause", { pause: (of) => call("pause", of), resume: (of) => call("resume", of) }),
    partition: offer("partition", {
      block: (links) => call("block", links.map(arrow)),
      heal: () => call("heal", []),
    }),
    clock: offer("clock", {
      skew: (skews) =>
        call(
          "skew",
          Object.entries(skews).map(([node, { offsetNs, rate }]) => `${node}:${offsetNs}:${rate}`),
        ),
      reset: () => call("reset", []),
    }),
    membership: offer("membership", { leave: (of) => call("leave", of), join: (of) => call("join", of) }),
    leadership: offer("leadership", { transfer: (to) => call("transfer", [to]) }),
  };
  return {
    nodes,
    capabilities,
    calls,
    versions: {},
    openClient: async (node) => {
      throw new Error(`the fake node ${node} takes no clients`);
    },
    ...(primaries === undefined ? {} : { primaries: async () => primaries }),
    saveLogs: async () => [],
    [Symbol.asyncDispose]: async () => {},
  };
}

function arrow({ from, to }: DirectedLink): string {
  return `${from}→${to}`;
}
