import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { NS_PER_S } from "../../harness/clock/index.ts";
import { EnvironmentError, invariant } from "../../harness/errors.ts";
import type { Cluster, LossReason, TargetSetup } from "../../harness/ports/index.ts";
import { withDeadline } from "../deadline.ts";
import { settleAll } from "../settle-all.ts";
import { CHILDREN_FILE, childRecorder, endLeftoverProcesses } from "./child-record.ts";
import { faultCapabilities } from "./faults.ts";
import { excerptOfText, type Message, type MessageBody, parseMessage } from "./message.ts";
import { deaf, garbage, type Line, lineTooLong, tooManyMessages } from "./misbehaviour.ts";
import { type NetworkOptions, ProcessNetwork } from "./network.ts";
import { ProcessNode } from "./node.ts";
import { NodeLog } from "./node-log.ts";
import type { NodeCommand } from "./node-process.ts";
import { RpcClient } from "./rpc-client.ts";
import { type Service, services } from "./services/index.ts";

export interface ProcessClusterSetup
  extends Pick<TargetSetup, "nodes" | "clock" | "random" | "log" | "signal" | "observer" | "folder"> {
  /** How each node's program is called. */
  readonly command: (node: string) => NodeCommand;
  readonly network: NetworkOptions;
  /** How long a node may take to answer `init`, and each request of {@link afterInit}. */
  readonly initTimeoutMs: number;
  /** A node that sends more than this sends in a loop. */
  readonly maxMessagesPerSecond: number;
  /** What else every node is told after `init`, each time it starts. */
  readonly afterInit?: readonly MessageBody[];
}

/** The client that sets nodes up; those of the load are `c1`, `c2`, … */
const SETUP_CLIENT = "c0";

/**
 * Starts one child process a node and has all of them answer `init`. What runs that were killed left in the folder beside
 * this one's is ended first. A start that fails leaves nothing behind.
 *
 * Errors: {@link EnvironmentError} `cannot-start`, `node-died`, `no-init`, `init-refused`, `node-garbage`,
 * `node-floods`; the reason of `setup.signal` when it aborts.
 */
export async function startProcessCluster(setup: ProcessClusterSetup): Promise<ProcessCluster> {
  endLeftovers(setup);
  const cluster = new ProcessCluster(setup);
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

function endLeftovers({ folder, log }: Pick<ProcessClusterSetup, "folder" | "log">): void {
  if (folder === undefined) return;
  const { ended } = endLeftoverProcesses(dirname(folder), { force: false });
  for (const { folder: of, node, pid } of ended)
    log(`ended process ${pid}, ${node} of ${of}, whose run was killed`);
}

/**
 * Nodes that are child processes and speak JSON lines; the harness is their network, their clients and the services
 * that they may ask. It knows no workload: a target gives the requests of clients a meaning.
 */
export class ProcessCluster implements Omit<Cluster, "openClient" | "versions"> {
  readonly nodes: readonly string[];
  readonly capabilities: Cluster["capabilities"];
  readonly #setup: ProcessClusterSetup;
  readonly #nodes = new Map<string, ProcessNode>();
  readonly #services: ReadonlyMap<string, Service>;
  readonly #clients = new Map<string, RpcClient>();
  readonly #network: ProcessNetwork;
  /** Where logs go as they come, and whether it is ours to remove. */
  readonly #home: { readonly folder: string; readonly temporary: boolean };
  readonly #endAll = () => {
    for (const node of this.#nodes.values()) node.endNow();
  };
  /** The second that runs now, for each node, and how many messages it sent in it. */
  readonly #seconds = new Map<string, { readonly startNs: number; messages: number }>();
  #clientCount = 0;
  #toldOfLoss = false;

  constructor(setup: ProcessClusterSetup) {
    const { nodes, clock, random, log, folder, observer } = setup;
    this.#setup = setup;
    this.nodes = nodes;
    this.#services = services(random.stream("services"));
    this.#network = new ProcessNetwork({
      clock,
      random: random.stream("network"),
      options: setup.network,
      deliver: (message, toRun) => this.#deliver(message, toRun),
      ...(observer === undefined ? {} : { observer }),
    });
    this.#home =
      folder === undefined
        ? { folder: mkdtempSync(join(tmpdir(), "assay-nodes-")), temporary: true }
        : { folder, temporary: false };
    const logs = join(this.#home.folder, "logs");
    mkdirSync(logs, { recursive: true });
    const record = childRecorder(this.#home.folder, log);
    for (const id of nodes) {
      const node: ProcessNode = new ProcessNode({
        id,
        command: setup.command(id),
        clock,
        log: new NodeLog(join(logs, `${id}.log`), log),
        initialize: (signal) => this.#initialize(id, signal),
        initTimeoutMs: setup.initTimeoutMs,
        listener: {
          line: (run, text, number) => this.#take(node, run, { text, number }),
          tooLong: (run, text, number) => this.#condemn(node, run, lineTooLong(id, { text, number })),
          started: (pid, started) => {
            record({ node: id, pid, started });
            this.#trace(id, "start");
          },
          ended: () => {
            this.#trace(id, "end");
            for (const client of this.#clients.values()) if (client.node === id) client.lose();
          },
        },
      });
      this.#nodes.set(id, node);
    }
    this.capabilities = faultCapabilities(this.#nodes, this.#network);
    process.once("exit", this.#endAll);
  }

  /** Starts every node, all at once. */
  async start(): Promise<void> {
    const { signal } = this.#setup;
    await settleAll([...this.#nodes.values()].map((node) => node.start(signal)));
    signal.throwIfAborted();
  }

  /** A new client of a node; `close` forgets it. Errors: `connection-refused`, by the first request. */
  connect(node: string): { readonly rpc: RpcClient; close(): void } {
    const rpc = this.#client(`c${++this.#clientCount}`, node);
    return { rpc, close: () => this.#clients.delete(rpc.id) };
  }

  /** Asks a node something beside the load. Errors: `ClientError`, or the deadline. */
  async ask(node: string, body: MessageBody, timeoutMs: number): Promise<MessageBody> {
    const { rpc, close } = this.connect(node);
    try {
      return await withDeadline({ clock: this.#setup.clock, timeoutMs }, (signal) => rpc.ask(body, signal));
    } finally {
      close();
    }
  }

  async failure(): Promise<EnvironmentError | undefined> {
    return [...this.#nodes.values()].map(({ problem }) => problem).find((problem) => problem !== undefined);
  }

  async saveLogs(directory: string): Promise<readonly string[]> {
    const files = Array.from(this.#nodes.values(), ({ id, log }) => ({ path: log.path, name: `${id}.log` }));
    for (const { path, name } of files) {
      const wanted = join(directory, name);
      if (resolve(wanted) !== resolve(path)) copyFileSync(path, wanted);
    }
    return files.map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#network.stop();
    await Promise.all([...this.#nodes.values()].map((node) => node.end()));
    process.off("exit", this.#endAll);
    for (const { log } of this.#nodes.values()) log.close();
    const { folder, temporary } = this.#home;
    rmSync(temporary ? folder : join(folder, CHILDREN_FILE), { recursive: true, force: true });
  }

  #node(id: string): ProcessNode {
    const node = this.#nodes.get(id);
    invariant(node !== undefined, `there is no node ${id} in ${this.nodes}`);
    return node;
  }

  #client(id: string, nodeId: string): RpcClient {
    const node = this.#node(nodeId);
    const client = new RpcClient(id, nodeId, {
      get open() {
        return node.up;
      },
      send: (message) => {
        this.#setup.observer?.trace?.({
          timeNs: this.#setup.clock.nowNs(),
          type: "request",
          client: id,
          node: nodeId,
          body: message.body,
        });
        this.#network.send(message, node.run, "client");
      },
    });
    this.#clients.set(id, client);
    return client;
  }

  async #initialize(id: string, signal: AbortSignal): Promise<void> {
    const key = setupClientOf(id);
    const node = this.#node(id);
    const client = new RpcClient(SETUP_CLIENT, id, {
      get open() {
        return node.up;
      },
      // Without latency: nothing may reach a node before its init.
      send: (message) => void node.write(JSON.stringify(message)),
    });
    this.#clients.set(key, client);
    const init: MessageBody = { type: "init", node_id: id, node_ids: this.nodes };
    try {
      for (const body of [init, ...(this.#setup.afterInit ?? [])]) {
        const answer = await client.ask(body, signal);
        if (answer["type"] !== `${body["type"]}_ok`) throw refused(id, String(body["type"]), answer);
      }
    } finally {
      this.#clients.delete(key);
    }
  }

  /** A line that a node wrote. */
  #take(node: ProcessNode, run: number, line: Line): void {
    const message = parseMessage(line.text);
    const problem = "problem" in message ? message.problem : this.#problemOf(node.id, message);
    if (problem !== undefined) {
      this.#condemn(node, run, garbage(node.id, line, problem));
      return;
    }
    const { src, dest, body } = message as Message;
    if (dest === SETUP_CLIENT) this.#clients.get(setupClientOf(src))?.receive(body);
    else if (isClient(dest)) this.#network.send(message as Message, run, "client");
    // A service answers the run that asked: another one numbers its requests from the beginning.
    else this.#network.send(message as Message, this.#nodes.get(dest)?.run ?? run, "server");
    if (!this.#withinRate(src)) {
      this.#condemn(node, run, tooManyMessages(src, this.#setup.maxMessagesPerSecond, line));
    }
  }

  /** Counts a message; whether the node stays below what it may send in a second. */
  #withinRate(node: string): boolean {
    const nowNs = this.#setup.clock.nowNs();
    let second = this.#seconds.get(node);
    if (second === undefined || nowNs - second.startNs > NS_PER_S) {
      second = { startNs: nowNs, messages: 0 };
      this.#seconds.set(node, second);
    }
    return ++second.messages <= this.#setup.maxMessagesPerSecond;
  }

  /** Why a message cannot be carried. */
  #problemOf(node: string, { src, dest, body }: Message): string | undefined {
    if (src !== node) return `a message that says it is from ${excerptOfText(src)}`;
    if (this.#nodes.has(dest) || this.#services.has(dest) || dest === SETUP_CLIENT) return undefined;
    // A client that left may still be answered.
    if (!isClient(dest) || Number(dest.slice(1)) > this.#clientCount) {
      return `a message to ${excerptOfText(dest)}, whom there is not`;
    }
    const client = this.#clients.get(dest);
    if (client !== undefined && client.node !== src)
      return `a message to ${dest}, a client of ${client.node}`;
    return typeof body["in_reply_to"] === "number" ? undefined : "a message to a client without in_reply_to";
  }

  /** A message arrives; why it is lost, where it is. */
  #deliver(message: Message, toRun: number): LossReason | undefined {
    const { src, dest, body } = message;
    const service = this.#services.get(dest);
    if (service !== undefined) {
      const { msg_id } = body;
      const answer = service.answer(src, body);
      const reply = msg_id === undefined ? answer : { ...answer, in_reply_to: msg_id };
      this.#network.send({ src: dest, dest: src, body: reply }, toRun, "server");
      return undefined;
    }
    const node = this.#nodes.get(dest);
    if (node === undefined) {
      this.#clients.get(dest)?.receive(body);
      const { observer, clock } = this.#setup;
      observer?.trace?.({ timeNs: clock.nowNs(), type: "reply", client: dest, node: src, body });
      return undefined;
    }
    if (!node.introduced || node.run !== toRun) return "down";
    if (node.write(JSON.stringify(message))) return undefined;
    // A node that is paused cannot read, so what it is sent beyond measure is lost, as at a full buffer.
    if (!node.paused) this.#condemn(node, toRun, deaf(dest));
    else if (!this.#toldOfLoss) {
      this.#toldOfLoss = true;
      this.#setup.log(`${dest} is paused and was sent more than waits for it: messages to it are lost`);
    }
    return "down";
  }

  /** Stops a node for good; the rest of the run says nothing. */
  #condemn(node: ProcessNode, run: number, problem: EnvironmentError): void {
    // What an earlier run left in its pipe was said before it was killed, and counts all the same.
    if (node.problem !== undefined) return;
    this.#setup.log(`${problem.message}${run === node.run ? "" : ` (before it was started again)`}`);
    node.condemn(problem);
  }

  #trace(node: string, what: string): void {
    const { observer, clock } = this.#setup;
    observer?.trace?.({ timeNs: clock.nowNs(), type: "node", node, what });
  }
}

function refused(node: string, type: string, answer: MessageBody): EnvironmentError {
  return new EnvironmentError({
    code: "init-refused",
    message: `${node} answered ${type} with ${excerptOfText(JSON.stringify(answer))}`,
    hint: `answer it with {"type":"${type}_ok","in_reply_to":…}`,
  });
}

/** The client of the load with this name was, is or will be there. */
function isClient(name: string): boolean {
  return /^c[1-9]\d*$/.test(name);
}

function setupClientOf(node: string): string {
  return `${SETUP_CLIENT} of ${node}`;
}
