import type { Cluster } from "../../harness/ports/cluster.ts";
import type { SimulatedTarget } from "../../harness/ports/target.ts";
import { SimulatedCluster } from "../simulation/cluster.ts";
import type { Command } from "./client-side.ts";
import { coverageObserver } from "./coverage.ts";
import type { Reply } from "./frame.ts";
import { openClients } from "./open-clients.ts";
import { leadershipCapability, membershipCapability } from "./operators.ts";
import { referenceStoreProcesses } from "./process/target.ts";
import { profile } from "./profile.ts";
import { protocols } from "./protocols/index.ts";
import { simulatedProgram } from "./simulated-program.ts";
import { options, storeOptions } from "./store-options.ts";

/** How often an operator asks before giving up: for a little longer than an election takes, as no other fault begins or ends meanwhile. */
const OPERATOR_ATTEMPTS = 5;

/** The project's own replicated store on simulated nodes: what it is depends on the protocol. */
export const referenceStore: SimulatedTarget = {
  name: "reference-store",
  description: "assay's own replicated store, simulated in this process; every protocol of the literature",
  environment: "sim",
  time: "virtual",
  defaultNodes: 5,
  options,
  operations: [...new Set(protocols.flatMap((protocol) => protocol.operations))],
  capabilities: ["kill", "pause", "partition", "clock", "membership", "leadership"],
  variants: protocols.map(({ name, description, source }) => ({
    name,
    description,
    source,
    options: { protocol: name },
  })),
  profile,
  alsoIn: [referenceStoreProcesses],

  /**
   * Starts the cluster; takes no simulated time. Protocols that elect a leader have none for the first few time-outs.
   * Errors: `UsageError` `unknown-option`, `bad-option`.
   */
  async start({ nodes, options: given, clock, random, observer }): Promise<Cluster> {
    const store = storeOptions(given);
    const { protocol, bugs, own, timeoutNs } = store;
    const simulation = new SimulatedCluster<Command, Reply>({
      nodes,
      clock,
      random: random.stream("reference-store"),
      program: simulatedProgram(
        protocol,
        { timeoutNs, bugs, options: own, lot: random.stream("lot").float() },
        coverageObserver(protocol, observer),
      ),
      network: store,
      disk: store,
      meanClientLatencyNs: store.meanClientLatencyNs,
      observer,
    });
    const operated = {
      nodes,
      tell: simulation.operate.bind(simulation),
      leaders: simulation.leaders.bind(simulation),
      members: simulation.members.bind(simulation),
      sleep: clock.sleep.bind(clock),
    };
    const patience = { intervalNs: timeoutNs, attempts: OPERATOR_ATTEMPTS };
    const operable = protocol.operable ?? [];
    return {
      nodes: simulation.nodes,
      capabilities: {
        ...simulation.capabilities,
        ...(operable.includes("change-membership")
          ? { membership: membershipCapability(operated, patience) }
          : {}),
        ...(operable.includes("transfer-leadership")
          ? { leadership: leadershipCapability(operated, patience) }
          : {}),
      },
      versions: { "reference-store protocol": protocol.name },
      openClient: openClients({
        store,
        nodes,
        clock,
        random,
        newClient: simulation.newClient.bind(simulation),
        async connect(node, client) {
          const connection = await simulation.connect(node, client);
          return {
            call: (command, sequence, signal) => connection.call(command, signal, sequence),
            close: () => connection.close(),
          };
        },
      }),
      ...(protocol.leads === undefined ? {} : { primaries: async () => simulation.leaders() }),
      saveLogs: (directory) => simulation.saveLogs(directory),
      [Symbol.asyncDispose]: async () => simulation.stop(),
    };
  },
};
