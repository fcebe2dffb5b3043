import { NS_PER_MS } from "../../harness/clock/duration.ts";
import { UsageError } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { OptionTable, OptionValues } from "../../harness/ports/options.ts";
import type { RealTarget } from "../../harness/ports/target.ts";
import { startProcessCluster } from "./cluster.ts";
import { dialects } from "./dialects.ts";
import type { MessageBody } from "./message.ts";
import type { NodeCommand } from "./node-process.ts";
import { durationNs, networkOf, processOptions } from "./options.ts";
import { clientOf } from "./rpc-client.ts";
import { type TopologyName, topology, topologyNames } from "./topology.ts";

const options = {
  bin: {
    description: "the program of a node: a path, or a name to look up in PATH; short: --bin ./node",
    default: "",
    required: true,
  },
  args: {
    description: "its arguments, as a JSON list (whatever follows -- on the command line)",
    default: "[]",
    problem: (value) => (argumentsOf(value) === undefined ? "must be a JSON list of texts" : undefined),
  },
  ...processOptions,
  topology: {
    description: "who is told to be whose neighbour in a broadcast",
    default: "grid",
    values: topologyNames,
  },
} satisfies OptionTable;

/** Any program that speaks the Maelstrom protocol: one child process a node. */
export const bin: RealTarget = {
  name: "bin",
  description: "a program of yours: child processes that speak JSON lines (the Maelstrom protocol)",
  environment: "process",
  time: "real",
  defaultNodes: 5,
  options,
  operations: [...new Set(Object.values(dialects).flatMap((dialect) => Object.keys(dialect)))],
  workloads: Object.keys(dialects),
  capabilities: ["kill", "pause", "partition"],

  /**
   * Starts the nodes. Errors: {@link UsageError} `unsupported-workload`; `EnvironmentError` as `startProcessCluster`.
   */
  async start({ options: values, workload = "", ...setup }) {
    const dialect = dialects[workload];
    if (dialect === undefined) throw unspoken(workload);
    const command = commandOf(values);
    const cluster = await startProcessCluster({
      ...setup,
      command: () => command,
      network: networkOf(values),
      initTimeoutMs: durationNs(values, "init-timeout") / NS_PER_MS,
      maxMessagesPerSecond: Number(values["max-messages"]),
      afterInit:
        workload === "broadcast" ? [neighbours(values["topology"] as TopologyName, setup.nodes)] : [],
    });
    let nonsense = 0;
    return Object.assign(cluster, {
      versions: { bin: [command.command, ...command.args].join(" ") },
      openClient: async (node: string) => {
        const { rpc, close } = cluster.connect(node);
        return clientOf(rpc, dialect, {
          close,
          // Each is in the history; the first one is what somebody who writes a node wants to see at once.
          malformed: (message) => {
            if (nonsense++ === 0) setup.log(message);
          },
        });
      },
    });
  },
};

function neighbours(name: TopologyName, nodes: readonly string[]): MessageBody {
  return { type: "topology", topology: topology(name, nodes) };
}

function commandOf({ bin: command = "", args = "[]" }: OptionValues): NodeCommand {
  return { command, args: argumentsOf(args) ?? [] };
}

function argumentsOf(text: string): readonly string[] | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

function unspoken(workload: string): UsageError {
  return new UsageError({
    code: "unsupported-workload",
    message: `the Maelstrom protocol has no requests for the workload ${JSON.stringify(workload)}`,
    hint: `it has: ${Object.keys(dialects).join(", ")}`,
  });
}
