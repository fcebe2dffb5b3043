import { NS_PER_MS, NS_PER_S, parseDuration } from "../../harness/clock/duration.ts";
import { invariant, UsageError } from "../../harness/errors.ts";
import type { Cluster } from "../../harness/ports/cluster.ts";
import { type OptionTable, resolveOptions } from "../../harness/ports/options.ts";
import type { SimulatedTarget } from "../../harness/ports/target.ts";
import { SimulatedCluster } from "../simulation/cluster.ts";
import { storeClient } from "./client.ts";
import { protocols } from "./protocols/index.ts";
import { simulatedProgram } from "./simulated-program.ts";

const NO_BUG = "none";

const options: OptionTable = {
  protocol: {
    description: protocols.map(({ name, promise }) => `${name} (promises ${promise})`).join(", "),
    default: "raft",
    values: protocols.map((protocol) => protocol.name),
  },
  bug: {
    description: "a mistake of the protocol to switch on",
    default: NO_BUG,
    values: [NO_BUG, ...new Set(protocols.flatMap((protocol) => Object.keys(protocol.bugs)))],
  },
  latency: duration("mean latency of a message between nodes, one way (exponential)", "5ms"),
  "client-latency": duration("mean latency between a client and its node, one way (exponential)", "1ms"),
  loss: probability("probability that a message between nodes is lost", "0.01"),
  duplication: probability("probability that a message between nodes arrives twice", "0.01"),
  sync: duration("mean time that a node's disk takes for a sync (exponential)", "1ms"),
  timeout: {
    ...duration("silence after which a node acts: stands for election, sends again", "150ms"),
    problem: (value) => durationProblem(value, NS_PER_MS),
  },
};

/** The project's own replicated store on simulated nodes: registers with `read`, `write` and `cas`. */
export const referenceStore: SimulatedTarget = {
  name: "reference-store",
  description: "assay's own replicated store, simulated in this process; keyed registers",
  environment: "sim",
  time: "virtual",
  defaultNodes: 5,
  options,
  operations: ["read", "write", "cas"],
  capabilities: ["kill", "pause", "partition"],

  /**
   * Starts the cluster; takes no simulated time. Protocols that elect a leader have none for the first few time-outs.
   * Errors: {@link UsageError} `unknown-option`, `bad-option`.
   */
  async start({ nodes, options: given, clock, random, observer }): Promise<Cluster> {
    const values = resolveOptions("reference-store", options, given);
    const option = (name: string) => values[name] as string;
    const protocol = protocols.find(({ name }) => name === option("protocol"));
    invariant(protocol !== undefined, `no protocol ${option("protocol")}`);
    const bug = option("bug");
    if (bug !== NO_BUG && !(bug in protocol.bugs)) {
      throw new UsageError({
        code: "bad-option",
        message: `protocol ${protocol.name} of reference-store has no bug ${JSON.stringify(bug)}`,
        hint: `it has: ${[NO_BUG, ...Object.keys(protocol.bugs)].join(", ")}`,
      });
    }
    const simulation = new SimulatedCluster({
      nodes,
      clock,
      random: random.stream("reference-store"),
      program: simulatedProgram(protocol, {
        timeoutNs: durationNs(option("timeout")),
        bugs: new Set(bug === NO_BUG ? [] : [bug]),
      }),
      network: {
        meanLatencyNs: durationNs(option("latency")),
        loss: Number(option("loss")),
        duplication: Number(option("duplication")),
      },
      disk: { meanSyncNs: durationNs(option("sync")) },
      meanClientLatencyNs: durationNs(option("client-latency")),
      observer,
    });
    return {
      nodes: simulation.nodes,
      capabilities: simulation.capabilities,
      versions: { "reference-store protocol": protocol.name },
      openClient: async (node, thread) =>
        storeClient(await simulation.connect(node, simulation.newClient(thread))),
      ...(protocol.leads === undefined ? {} : { primaries: async () => simulation.leaders() }),
      saveLogs: (directory) => simulation.saveLogs(directory),
      [Symbol.asyncDispose]: async () => simulation.stop(),
    };
  },
};

function duration(description: string, standard: string): OptionTable[string] {
  return {
    description,
    default: standard,
    problem: (value) => durationProblem(value, 0),
  };
}

/** Beyond an hour nothing happens any more; a node that acts all the time lets no time pass. */
function durationProblem(text: string, leastNs: number): string | undefined {
  const timeNs = parseDuration(text);
  if (timeNs !== undefined && timeNs >= leastNs && timeNs <= 3600 * NS_PER_S) return undefined;
  return `must be a time of ${leastNs / NS_PER_MS}ms … 1h, such as 5ms`;
}

function durationNs(text: string): number {
  const timeNs = parseDuration(text);
  invariant(timeNs !== undefined, `the time ${text} was not checked`);
  return timeNs;
}

function probability(description: string, standard: string): OptionTable[string] {
  return {
    description,
    default: standard,
    problem: (value) =>
      /^(0|1|0?\.\d+|1\.0+)$/.test(value) ? undefined : "must be a probability from 0 to 1",
  };
}
