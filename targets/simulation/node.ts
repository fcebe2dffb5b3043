import type { Random } from "../../harness/clock/random.ts";
import type { Scheduled, VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { invariant } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { Connection } from "./connection.ts";
import type { SimulatedDisk } from "./disk.ts";
import type { NodeLog } from "./node-log.ts";
import type { Machine, Program, RunningProgram } from "./program.ts";

export interface NodeSetup<Request, Reply> {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly disk: SimulatedDisk;
  readonly nodeLog: NodeLog;
  readonly program: Program<Request, Reply>;
  readonly send: (to: string, message: Json) => void;
}

interface Timer {
  scheduled: Scheduled;
}

/**
 * A machine that runs a program: up, paused or down. What reaches a paused node waits, in order, for the resume; what
 * reaches a node that is down is gone. A kill takes memory, timers, connections and unsynced writes; the disk stays.
 */
export class SimulatedNode<Request, Reply> implements Machine<Reply> {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly random: Random;
  readonly disk: SimulatedDisk;
  readonly #setup: NodeSetup<Request, Reply>;
  #running: RunningProgram<Request> | undefined;
  #paused = false;
  #withheld: (() => void)[] = [];
  readonly #timers = new Map<string, Timer>();
  readonly #connections = new Map<string, Connection<Request, Reply>>();

  constructor(setup: NodeSetup<Request, Reply>) {
    this.id = setup.id;
    this.nodes = setup.nodes;
    this.random = setup.random;
    this.disk = setup.disk;
    this.#setup = setup;
  }

  get up(): boolean {
    return this.#running !== undefined;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Whether it says that it leads; a node that is down or paused says nothing. */
  get leads(): boolean {
    return !this.#paused && this.#running?.leads() === true;
  }

  /** The configuration as it knows it; undefined where it is down or paused, or its program knows none. */
  get members(): readonly string[] | undefined {
    return this.#paused ? undefined : this.#running?.members();
  }

  start(): void {
    invariant(!this.up, `${this.id} runs already`);
    this.log("start");
    this.#running = this.#setup.program.start(this);
  }

  /** SIGKILL. Returns how many writes were lost. */
  kill(): number {
    invariant(this.up, `${this.id} does not run`);
    this.#running = undefined;
    this.#paused = false;
    this.#withheld = [];
    for (const timer of this.#timers.values()) timer.scheduled.cancel();
    this.#timers.clear();
    const lost = this.disk.crash();
    this.log(`killed; ${lost} unsynced writes lost`);
    for (const connection of this.#connections.values()) connection.resetByNode();
    this.#connections.clear();
    return lost;
  }

  pause(): void {
    invariant(this.up && !this.#paused, `${this.id} cannot be paused now`);
    this.#paused = true;
    this.log("paused");
  }

  /** Lets it go on. Returns how many events had waited. */
  resume(): number {
    invariant(this.#paused, `${this.id} is not paused`);
    const events = this.#withheld;
    this.#paused = false;
    this.#withheld = [];
    this.log(`resumed; ${events.length} events had waited`);
    for (const event of events) event();
    return events.length;
  }

  /** A message arrives from another node. */
  receive(from: string, message: Json): void {
    if (this.#paused) this.#withheld.push(() => this.#running?.message(from, message));
    else this.#running?.message(from, message);
  }

  accept(connection: Connection<Request, Reply>): void {
    this.#connections.set(connection.client, connection);
  }

  disconnect(connection: Connection<Request, Reply>): void {
    if (this.#connections.get(connection.client) === connection) this.#connections.delete(connection.client);
  }

  /** A request arrives; over a connection from before a kill it arrives nowhere. */
  request(connection: Connection<Request, Reply>, sequence: number, request: Request): void {
    if (this.#connections.get(connection.client) !== connection) return;
    this.#whenAwake(() => this.#running?.request(connection.client, sequence, request));
  }

  /** An operator's command arrives, by a way of its own; at a node that is down it arrives nowhere. */
  operate(command: Json): void {
    this.#whenAwake(() => this.#running?.operate(command));
  }

  nowNs(): number {
    return this.#setup.clock.nowNs();
  }

  send(to: string, message: Json): void {
    this.#setup.send(to, message);
  }

  reply(client: string, sequence: number, reply: Reply): void {
    this.#connections.get(client)?.answerByNode(sequence, reply);
  }

  setTimer(name: string, delayNs: number): void {
    this.cancelTimer(name);
    const timer: Timer = {
      scheduled: this.#setup.clock.schedule(delayNs, () => {
        this.#whenAwake(() => {
          // While the node was paused, an event that waited before this one may have set or cancelled the timer.
          if (this.#timers.get(name) !== timer) return;
          this.#timers.delete(name);
          this.#running?.timer(name);
        });
      }),
    };
    this.#timers.set(name, timer);
  }

  cancelTimer(name: string): void {
    this.#timers.get(name)?.scheduled.cancel();
    this.#timers.delete(name);
  }

  sync(onDurable: () => void): void {
    this.disk.sync(() => this.#whenAwake(onDurable));
  }

  log(message: string): void {
    this.#setup.nodeLog.add(this.nowNs(), message);
  }

  #whenAwake(event: () => void): void {
    if (this.#paused) this.#withheld.push(event);
    else event();
  }
}
