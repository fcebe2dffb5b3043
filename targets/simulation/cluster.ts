import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../harness/clock/random.ts";
import type { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { invariant } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { Capabilities } from "../../harness/ports/cluster.ts";
import { Connection } from "./connection.ts";
import { type DiskOptions, SimulatedDisk } from "./disk.ts";
import { faultCapabilities } from "./faults.ts";
import { type NetworkOptions, SimulatedNetwork } from "./network.ts";
import { SimulatedNode } from "./node.ts";
import { NodeLog } from "./node-log.ts";
import type { Program } from "./program.ts";

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
}

/**
 * Nodes that run a program over a simulated network and simulated disks. It knows no protocol: a target puts the
 * program in and gives its requests and replies a meaning.
 */
export class SimulatedCluster<Request, Reply> {
  readonly nodes: readonly string[];
  readonly capabilities: Capabilities;
  readonly network: SimulatedNetwork;
  readonly #setup: SimulationSetup<Request, Reply>;
  readonly #nodes = new Map<string, SimulatedNode<Request, Reply>>();
  readonly #logs = new Map<string, NodeLog>();
  readonly #clientRandom: Random;
  #clients = 0;

  /** Starts every node, in the order given. */
  constructor(setup: SimulationSetup<Request, Reply>) {
    const { nodes, clock, random, program, handOver } = setup;
    this.#setup = setup;
    this.nodes = nodes;
    this.#clientRandom = random.stream("clients");
    this.network = new SimulatedNetwork({
      nodes,
      clock,
      random: random.stream("network"),
      options: setup.network,
      deliver: (from, to, message) => this.#node(to).receive(from, message),
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
        }),
      );
    }
    this.capabilities = faultCapabilities(this.#nodes, this.network);
    for (const node of this.#nodes.values()) node.start();
  }

  /** The name of a new client. */
  newClient(): string {
    return `c${++this.#clients}`;
  }

  /** Connects a client to a node: a new one unless it is named. Errors: `connection-refused`, definite. */
  connect(node: string, client = this.newClient()): Promise<Connection<Request, Reply>> {
    return Connection.open({
      client,
      node: this.#node(node),
      clock: this.#setup.clock,
      random: this.#clientRandom,
      meanLatencyNs: this.#setup.meanClientLatencyNs,
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

  #node(id: string): SimulatedNode<Request, Reply> {
    const node = this.#nodes.get(id);
    invariant(node !== undefined, `there is no node ${id} in ${this.nodes}`);
    return node;
  }
}
