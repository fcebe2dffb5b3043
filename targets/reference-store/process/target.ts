import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NS_PER_MS, wallClockNow } from "../../../harness/clock/index.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { OptionTable, OptionValues } from "../../../harness/ports/options.ts";
import { ClientError } from "../../../harness/ports/outcome.ts";
import type { RealTarget, TargetSetup } from "../../../harness/ports/target.ts";
import { startProcessCluster } from "../../process/cluster.ts";
import { excerptOfText } from "../../process/message.ts";
import type { NodeCommand } from "../../process/node-process.ts";
import { durationNs, processOptions } from "../../process/options.ts";
import type { RpcClient } from "../../process/rpc-client.ts";
import type { Command } from "../client-side.ts";
import type { Reply } from "../frame.ts";
import { openClients } from "../open-clients.ts";
import { profile } from "../profile.ts";
import { protocols } from "../protocols/index.ts";
import { storeOptions, options as storeTable } from "../store-options.ts";
import { leadersOf } from "./leaders.ts";
import type { NodeArguments } from "./node-arguments.ts";

const { "init-timeout": initTimeout, "max-messages": maxMessages } = processOptions;
// A real disk takes the time that it takes.
const { sync: _sync, timeout, ...general } = storeTable;

const options: OptionTable = {
  ...general,
  // Real processes share real cores: shorter silences are taken for dead nodes.
  timeout: { ...(timeout as OptionTable[string]), default: "500ms" },
  "init-timeout": initTimeout,
  "max-messages": maxMessages,
};

/** The reference store with child processes for nodes: the same protocols, in real time and with real disks. */
export const referenceStoreProcesses: RealTarget = {
  name: "reference-store",
  description: "assay's own replicated store, each node a child process",
  environment: "process",
  time: "real",
  defaultNodes: 5,
  options,
  operations: [...new Set(protocols.flatMap((protocol) => protocol.operations))],
  capabilities: ["kill", "pause", "partition"],
  profile: (given) => ({ ...profile(ofStore(given)), capabilities: ["kill", "pause", "partition"] }),

  /** Starts the nodes. Errors: as `startProcessCluster`; `UsageError` `unknown-option`, `bad-option`. */
  async start({ options: given, ...setup }) {
    const { nodes, clock, random } = setup;
    const store = storeOptions(ofStore(given));
    const data = dataFolder(setup);
    const cluster = await startProcessCluster({
      ...setup,
      command: commandOf({
        options: ofStore(given),
        folder: data.folder,
        seed: random.stream("nodes").uint32(),
        originMs: wallClockNow().getTime(),
      }),
      network: store,
      initTimeoutMs: durationNs(given, "init-timeout") / NS_PER_MS,
      maxMessagesPerSecond: Number(given["max-messages"]),
    }).catch((error: unknown) => {
      data.remove();
      throw error;
    });
    let clients = 0;
    return {
      nodes,
      capabilities: cluster.capabilities,
      versions: { "reference-store protocol": store.protocol.name },
      openClient: openClients({
        store,
        nodes,
        clock,
        random,
        newClient: () => `s${++clients}`,
        async connect(node, client) {
          const { rpc, close } = cluster.connect(node);
          return {
            call: (command, sequence, signal) => ask(rpc, client, command, sequence, signal),
            close,
          };
        },
      }),
      ...(store.protocol.leads === undefined ? {} : { primaries: () => leadersOf(cluster) }),
      failure: () => cluster.failure(),
      saveLogs: (directory) => cluster.saveLogs(directory),
      async [Symbol.asyncDispose]() {
        await cluster[Symbol.asyncDispose]();
        data.remove();
      },
    };
  },
};

/** Of the options those that the store has wherever it runs. */
function ofStore(given: OptionValues): OptionValues {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in storeTable));
}

/** Where the nodes' disks are: in the run's folder, where there is one. */
function dataFolder({ folder }: Pick<TargetSetup, "folder">): { folder: string; remove(): void } {
  if (folder === undefined) {
    const temporary = mkdtempSync(join(tmpdir(), "assay-data-"));
    return { folder: temporary, remove: () => rmSync(temporary, { recursive: true, force: true }) };
  }
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  return { folder: data, remove: () => {} };
}

function commandOf(given: NodeArguments): () => NodeCommand {
  const program = fileURLToPath(new URL("./main.js", import.meta.url));
  return () => ({ command: process.execPath, args: [program, JSON.stringify(given)] });
}

async function ask(
  rpc: RpcClient,
  client: string,
  command: Command,
  sequence: number,
  signal: AbortSignal,
): Promise<Reply> {
  const { reply } = await rpc.ask({ ...command, type: "operation", client, sequence }, signal);
  if (isReply(reply)) return reply;
  throw new ClientError({
    code: "malformed-reply",
    message: `${rpc.node} answered with ${excerptOfText(JSON.stringify(reply ?? null))}`,
    definite: false,
    node: rpc.node,
  });
}

function isReply(reply: Json | undefined): reply is Reply {
  return typeof reply === "object" && reply !== null && "type" in reply;
}
