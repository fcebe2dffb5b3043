import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../harness/clock/random.ts";
import type { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { invariant } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { Capabilities } from "../../harness/ports/cluster.ts";
import type { RunObserver } from "../../harness/ports/observer.ts";
import { Connection } from "./connection.ts";
import { type DiskOptions, SimulatedDisk } from "./disk.ts";
import { faultCapabilities } from "./faults.ts";
import { type NetworkOptions, SimulatedNetwork } from "./network.ts";
import { SimulatedNode } from "./node.ts";
import { NodeLog } from "./node-log.ts";
import type { Program } from "./program.ts";
import type { Trace } from "./trace.ts";

export interface SimulationSetup<Request, Reply> {
  readonly nodes: readonly string[];
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly program: Program<Request, Reply>;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  /** Mean latency between a client and a node, one way. */
  readonly meanClientLatencyNs: number;
  /** See `NetworkSetup.handOver`. */
  readonly handOver?: (message: Json) => Json;
  /** Is told of every message, request, reply, log line and fault. */
  readonly observer?: RunObserver | undefined;
}

/**
 * Nodes that run a program over a simulated network, with simulated disks and clocks. It knows no protocol: a target
 * puts the program in and gives its requests and replies a meaning.
 *
 * Each link, connection, node and disk has a source of chance of its own, by its name, so that a message more or less
 * here changes nothing over there but by what it causes.
 */
export class SimulatedCluster<Request extends Json, Reply extends Json> {
  readonly nodes: readonly string[];
  readonly capabilities: Capabilities;
  readonly network: SimulatedNetwork;
  readonly #setup: SimulationSetup<Request, Reply>;
  readonly #nodes = new Map<string, SimulatedNode<Request, Reply>>();
  readonly #logs = new Map<string, NodeLog>();
  readonly #clientRandom: Random;
  readonly #trace: Trace | undefined;
  /** How many clients each of those had that clients are opened for, and how many connections each client. */
  readonly #opened = new Map<string, number>();

  /** Starts every node, in the order given. */
  constructor(setup: SimulationSetup<Request, Reply>) {
    const { nodes, clock, random, program, handOver } = setup;
    this.#setup = setup;
    this.nodes = nodes;
    this.#clientRandom = random.stream("clients");
    this.#trace = setup.observer?.trace?.bind(setup.observer);
    this.network = new SimulatedNetwork({
      nodes,
      clock,
      random: random.stream("network"),
      options: setup.network,
      receiver: (to) => {
        const node = this.#node(to);
        return (from, message, number) => node.receive(from, message, number);
      },
      trace: this.#trace,
      ...(handOver === undefined ? {} : { handOver }),
    });
    for (const id of nodes) {
      const nodeLog = new NodeLog();
      this.#logs.set(id, nodeLog);
      this.#nodes.set(
        id,
        new SimulatedNode({
          id,
          nodes,
          clock,
          random: random.stream(`node ${id}`),
          disk: new SimulatedDisk(clock, random.stream(`disk ${id}`), setup.disk),
          nodeLog,
          program,
          send: (to, message) => this.network.send(id, to, message),
          trace: this.#trace,
        }),
      );
    }
    this.capabilities = faultCapabilities(this.#nodes, this.network);
    for (const node of this.#nodes.values()) node.start();
  }

  /**
   * The name of a new client, numbered among those of the same thread of the load: how often other threads had to open
   * theirs again changes neither the name nor, since that derives from it, its chance.
   */
  newClient(thread?: number): string {
    const name = `c${thread ?? ""}`;
    return `${name}-${this.#count(name)}`;
  }

  /** Connects a client to a node: a new one unless it is named. Errors: `connection-refused`, definite. */
  connect(node: string, client = this.newClient()): Promise<Connection<Request, Reply>> {
    const link = `${client} ${node}`;
    return Connection.open({
      client,
      node: this.#node(node),
      clock: this.#setup.clock,
      random: this.#clientRandom.stream(`${link} ${this.#count(link)}`),
      meanLatencyNs: this.#setup.meanClientLatencyNs,
      trace: this.#trace,
    });
  }

  /** The nodes that say that they lead. */
  leaders(): readonly string[] {
    return this.nodes.filter((id) => this.#node(id).leads);
  }

  /**
   * The configuration as a node that leads sees it, or as the first that sees one where nobody leads; undefined where
   * no node does.
   */
  members(): readonly string[] | undefined {
    const inOrder = [...this.leaders(), ...this.nodes];
    return inOrder.map((id) => this.#node(id).members).find((members) => members !== undefined);
  }

  /** Brings an operator's command to every node that is up. */
  operate(command: Json): void {
    for (const node of this.#nodes.values()) node.operate(command);
  }

  /** Writes `n1.log` and so on to `directory`; the file names. The only place here that touches the real world. */
  async saveLogs(directory: string): Promise<readonly string[]> {
    const files = Array.from(this.#logs, ([id, nodeLog]) => ({ name: `${id}.log`, text: nodeLog.text() }));
    for (const { name, text } of files) await writeFile(join(directory, name), text);
    return files.map((file) => file.name);
  }

  /** Ends every node that runs. */
  stop(): void {
    for (const node of this.#nodes.values()) if (node.up) node.kill();
  }

  /** Counts from 1. */
  #count(name: string): number {
    const count = (this.#opened.get(name) ?? 0) + 1;
    this.#opened.set(name, count);
    return count;
  }

  #node(id: string): SimulatedNode<Request, Reply> {
    const node = this.#nodes.get(id);
    invariant(node !== undefined, `there is no node ${id} in ${this.nodes}`);
    return node;
  }
}
