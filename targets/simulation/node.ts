import type { Random } from "../../harness/clock/random.ts";
import type { Scheduled, VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { invariant } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { ClockSkew } from "../../harness/ports/cluster.ts";
import type { Connection } from "./connection.ts";
import type { SimulatedDisk } from "./disk.ts";
import { describeClock, NodeClock, RIGHT } from "./node-clock.ts";
import type { NodeLog } from "./node-log.ts";
import type { Machine, Program, RunningProgram } from "./program.ts";
import type { Trace } from "./trace.ts";

export interface NodeSetup<Request, Reply> {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly disk: SimulatedDisk;
  readonly nodeLog: NodeLog;
  readonly program: Program<Request, Reply>;
  readonly send: (to: string, message: Json) => void;
  readonly trace?: Trace | undefined;
}

interface Timer {
  readonly name: string;
  /** When it fires, in true time. */
  dueNs: number;
  /** Looks whether it is time, and no later than when it is. */
  alarm: Scheduled;
  alarmNs: number;
}

const NEVER: Scheduled = { cancel: () => {} };

/** What waits for a paused node to go on. */
interface Withheld {
  readonly happen: () => void;
  /** It never will. */
  readonly vanish?: () => void;
}

/**
 * A machine that runs a program: up, paused or down. What reaches a paused node waits, in order, for the resume; what
 * reaches a node that is down is gone. A kill takes memory, timers, connections and unsynced writes; the disk stays, and
 * the clock.
 *
 * Timers run as fast as the node's clock does, from the moment on at which that changes; a clock that only jumps leaves
 * them alone, as a monotonic one does. Logs have true time.
 */
export class SimulatedNode<Request extends Json, Reply extends Json> implements Machine<Reply> {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly random: Random;
  readonly disk: SimulatedDisk;
  readonly clock: NodeClock;
  readonly #setup: NodeSetup<Request, Reply>;
  #running: RunningProgram<Request> | undefined;
  #paused = false;
  #withheld: Withheld[] = [];
  readonly #timers = new Map<string, Timer>();
  readonly #connections = new Map<string, Connection<Request, Reply>>();

  constructor(setup: NodeSetup<Request, Reply>) {
    this.id = setup.id;
    this.nodes = setup.nodes;
    this.random = setup.random;
    this.disk = setup.disk;
    this.clock = new NodeClock(setup.clock);
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
    this.#note("start", "start");
    this.#running = this.#setup.program.start(this);
  }

  /** SIGKILL. Returns how many writes were lost. */
  kill(): number {
    invariant(this.up, `${this.id} does not run`);
    this.#running = undefined;
    this.#paused = false;
    const vanished = this.#withheld;
    this.#withheld = [];
    for (const timer of this.#timers.values()) timer.alarm.cancel();
    this.#timers.clear();
    const lost = this.disk.crash();
    this.#note("kill", `killed; ${lost} unsynced writes lost`);
    for (const { vanish } of vanished) vanish?.();
    for (const connection of this.#connections.values()) connection.resetByNode();
    this.#connections.clear();
    return lost;
  }

  pause(): void {
    invariant(this.up && !this.#paused, `${this.id} cannot be paused now`);
    this.#paused = true;
    this.#note("pause", "paused");
  }

  /** Lets it go on. Returns how many events had waited. */
  resume(): number {
    invariant(this.#paused, `${this.id} is not paused`);
    const events = this.#withheld;
    this.#paused = false;
    this.#withheld = [];
    this.#note("resume", `resumed; ${events.length} events had waited`);
    for (const { happen } of events) happen();
    return events.length;
  }

  /** Puts its clock wrong, or right again. */
  setClock(skew: ClockSkew = RIGHT): void {
    const before = this.clock.rate;
    this.clock.set(skew);
    if (this.clock.rate !== before) this.#reschedule(before);
    const what = `clock ${describeClock(this.clock)}`;
    this.#note(what, what);
  }

  /** A message arrives from another node; `number` is its name in the trace. */
  receive(from: string, message: Json, number: number): void {
    if (this.#running === undefined) this.#lose(from, number);
    else if (!this.#paused) this.#take(from, message, number);
    else {
      this.#withheld.push({
        happen: () => this.#take(from, message, number),
        vanish: () => this.#lose(from, number),
      });
    }
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
    this.#whenAwake(() => {
      const { clock, trace } = this.#setup;
      trace?.({
        timeNs: clock.nowNs(),
        type: "request",
        client: connection.client,
        node: this.id,
        body: request,
      });
      this.#running?.request(connection.client, sequence, request);
    });
  }

  /** An operator's command arrives, by a way of its own; at a node that is down it arrives nowhere. */
  operate(command: Json): void {
    this.#whenAwake(() => this.#running?.operate(command));
  }

  nowNs(): number {
    return this.clock.nowNs();
  }

  monotonicNs(): number {
    return this.clock.monotonicNs();
  }

  send(to: string, message: Json): void {
    this.#setup.send(to, message);
  }

  reply(client: string, sequence: number, reply: Reply): void {
    this.#connections.get(client)?.answerByNode(sequence, reply);
  }

  setTimer(name: string, delayNs: number): void {
    const nowNs = this.#setup.clock.nowNs();
    const dueNs = nowNs + this.clock.trueNs(delayNs);
    const before = this.#timers.get(name);
    // A time-out that is put off again and again has one alarm, which looks again when it comes too early.
    if (before !== undefined && before.alarmNs > nowNs && before.alarmNs <= dueNs) {
      before.dueNs = dueNs;
      return;
    }
    before?.alarm.cancel();
    const timer: Timer = { name, dueNs, alarmNs: dueNs, alarm: NEVER };
    this.#timers.set(name, timer);
    this.#setAlarm(timer);
  }

  cancelTimer(name: string): void {
    this.#timers.get(name)?.alarm.cancel();
    this.#timers.delete(name);
  }

  sync(onDurable: () => void): void {
    this.disk.sync(() => this.#whenAwake(onDurable));
  }

  log(message: string): void {
    const { clock, nodeLog, trace } = this.#setup;
    nodeLog.add(clock.nowNs(), message);
    trace?.({ timeNs: clock.nowNs(), type: "log", node: this.id, text: message });
  }

  #take(from: string, message: Json, number: number): void {
    const { clock, trace } = this.#setup;
    trace?.({ timeNs: clock.nowNs(), type: "deliver", message: number, from, to: this.id });
    this.#running?.message(from, message);
  }

  #lose(from: string, number: number): void {
    const { clock, trace } = this.#setup;
    trace?.({ timeNs: clock.nowNs(), type: "lose", message: number, from, to: this.id, reason: "down" });
  }

  /** Something happened to the machine: a line of its log, and an event of the trace in fewer words. */
  #note(what: string, line: string): void {
    const { clock, nodeLog, trace } = this.#setup;
    nodeLog.add(clock.nowNs(), line);
    trace?.({ timeNs: clock.nowNs(), type: "node", node: this.id, what });
  }

  #setAlarm(timer: Timer): void {
    const { clock } = this.#setup;
    timer.alarmNs = timer.dueNs;
    timer.alarm = clock.schedule(timer.dueNs - clock.nowNs(), () => {
      if (timer.dueNs > clock.nowNs()) this.#setAlarm(timer);
      else this.#whenAwake(() => this.#fire(timer));
    });
  }

  #fire(timer: Timer): void {
    // While the node was paused, an event that waited before this one may have set or cancelled the timer.
    if (this.#timers.get(timer.name) !== timer) return;
    this.#timers.delete(timer.name);
    this.#running?.timer(timer.name);
  }

  /** Timers that are set go on by the clock's new speed. */
  #reschedule(rateBefore: number): void {
    const nowNs = this.#setup.clock.nowNs();
    for (const timer of this.#timers.values()) {
      // It fired already, and waits for the node to go on.
      if (timer.dueNs <= nowNs) continue;
      timer.dueNs = nowNs + Math.ceil(this.clock.trueNs((timer.dueNs - nowNs) * rateBefore));
      timer.alarm.cancel();
      this.#setAlarm(timer);
    }
  }

  #whenAwake(event: () => void): void {
    if (this.#paused) this.#withheld.push({ happen: event });
    else event();
  }
}
