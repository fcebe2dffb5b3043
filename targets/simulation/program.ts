import type { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/operation.ts";
import type { SimulatedDisk } from "./disk.ts";

/** What a program may do with the node it runs on. */
export interface Machine<Reply> {
  readonly id: string;
  /** Every node of the cluster, this one too. */
  readonly nodes: readonly string[];
  readonly random: Random;
  /** Holds what earlier runs of the program made durable. Ask for a sync with {@link sync}, not here. */
  readonly disk: Omit<SimulatedDisk, "sync" | "crash">;
  nowNs(): number;
  /** Time that passed, by the node's clock: it never jumps, but runs as fast or slow as that does. */
  monotonicNs(): number;
  send(to: string, message: Json): void;
  /** Answers a request; nothing happens where the client is gone. */
  reply(client: string, sequence: number, reply: Reply): void;
  /** Fires once after `delayNs`. Replaces a timer of the same name. */
  setTimer(name: string, delayNs: number): void;
  cancelTimer(name: string): void;
  /** Calls back when all that was written so far is durable. */
  sync(onDurable: () => void): void;
  log(message: string): void;
}

/** One run of a program, from a start to a kill. It is called for one event at a time. */
export interface RunningProgram<Request> {
  message(from: string, message: Json): void;
  timer(name: string): void;
  request(client: string, sequence: number, request: Request): void;
  /** A command of whoever operates the cluster. */
  operate(command: Json): void;
  /** Whether this node leads, as it sees it. */
  leads(): boolean;
  /** The nodes in the configuration, as this node sees it; undefined where there is no such notion. */
  members(): readonly string[] | undefined;
}

/** What runs on every node of a simulated cluster. */
export interface Program<Request, Reply> {
  start(machine: Machine<Reply>): RunningProgram<Request>;
}
