import type { Clock } from "../../../harness/clock/clock.ts";
import type { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { DelayQueue } from "../../process/delay-queue.ts";
import type { Message, MessageBody } from "../../process/message.ts";
import type { Machine, Program, RunningProgram } from "../../simulation/program.ts";
import type { Command } from "../client-side.ts";
import type { Reply } from "../frame.ts";
import type { Journal } from "./journal.ts";

export interface StoreNodeSetup {
  readonly program: Program<Command, Reply>;
  readonly clock: Clock;
  /** What the clock showed on all nodes when it began, in nanoseconds: nodes that start later are to agree with the others. */
  readonly startedNs: number;
  readonly random: Random;
  /** Opens the disk of the node with this name. */
  readonly openJournal: (id: string) => Journal;
  readonly write: (message: Message) => void;
  readonly log: (line: string) => void;
}

/** Whom a session's newest request came from. */
interface Asker {
  readonly src: string;
  readonly msgId: Json;
  readonly sequence: number;
}

/**
 * A node of the reference store behind JSON lines: the adapter of a protocol to a process of its own. Beside `init` it takes
 * `operation` from clients (`client`, `sequence`, `f`, `key`, `value`, `context`; answered with the protocol's reply),
 * `message` from other nodes, and `status`, which asks whether it leads.
 */
export class StoreNode {
  readonly #setup: StoreNodeSetup;
  readonly #askers = new Map<string, Asker>();
  #id = "";
  #running: RunningProgram<Command> | undefined;

  constructor(setup: StoreNodeSetup) {
    this.#setup = setup;
  }

  receive({ src, body }: Message): void {
    const running = this.#running;
    if (body["type"] === "init") this.#init(src, body);
    else if (running === undefined)
      this.#answer(src, body, { type: "error", code: 11, text: "not initialized" });
    else if (body["type"] === "message") running.message(src, body["message"] ?? null);
    else if (body["type"] === "operation") this.#request(running, src, body);
    else if (body["type"] === "status")
      this.#answer(src, body, { type: "status_ok", leads: running.leads() });
    else this.#answer(src, body, { type: "error", code: 10, text: `no ${JSON.stringify(body["type"])}` });
  }

  #init(src: string, body: MessageBody): void {
    this.#id = body["node_id"] as string;
    this.#running = this.#setup.program.start(this.#machine(body["node_ids"] as readonly string[]));
    this.#answer(src, body, { type: "init_ok" });
  }

  #request(running: RunningProgram<Command>, src: string, body: MessageBody): void {
    const { client, sequence, msg_id, type, ...command } = body;
    const [name, number] = [client as string, sequence as number];
    this.#askers.set(name, { src, msgId: msg_id ?? null, sequence: number });
    running.request(name, number, command as Command);
  }

  #machine(nodes: readonly string[]): Machine<Reply> {
    const { clock, random, openJournal, log, startedNs } = this.#setup;
    const id = this.#id;
    const disk = openJournal(id);
    const timers = new DelayQueue(clock);
    /** The newest setting of each timer; older ones that fire are none any more. */
    const set = new Map<string, symbol>();
    return {
      id,
      nodes,
      random: random.stream(`node ${id}`),
      disk,
      nowNs: () => startedNs + clock.nowNs(),
      monotonicNs: () => clock.nowNs(),
      send: (dest, message) => this.#setup.write({ src: id, dest, body: { type: "message", message } }),
      reply: (client, sequence, reply) => this.#reply(client, sequence, reply),
      setTimer: (name, delayNs) => {
        const setting = Symbol(name);
        set.set(name, setting);
        // A timer fires later than the event that set it, however short it is.
        timers.after(Math.max(1, delayNs), () => {
          if (set.get(name) !== setting) return;
          set.delete(name);
          this.#running?.timer(name);
        });
      },
      cancelTimer: (name) => set.delete(name),
      sync: (onDurable) => disk.sync(onDurable),
      log,
    };
  }

  #reply(client: string, sequence: number, reply: Reply): void {
    const asker = this.#askers.get(client);
    if (asker?.sequence !== sequence) return;
    const body = { type: "operation_ok", reply, in_reply_to: asker.msgId };
    this.#setup.write({ src: this.#id, dest: asker.src, body });
  }

  #answer(dest: string, { msg_id = null }: MessageBody, body: MessageBody): void {
    this.#setup.write({ src: this.#id, dest, body: { ...body, in_reply_to: msg_id } });
  }
}
