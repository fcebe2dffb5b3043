import type { Json } from "../../harness/history/operation.ts";
import type { Effect, Reply } from "./frame.ts";

/** What an environment does for a node. */
export interface EffectHost<Message> {
  send(to: string, message: Message): void;
  reply(client: string, sequence: number, reply: Reply): void;
  setTimer(name: string, delayNs: number): void;
  cancelTimer(name: string): void;
  write(name: string, value: Json): void;
  append(name: string, entries: readonly Json[]): void;
  truncate(name: string, length: number): void;
  /** Calls back when all that was written so far is durable; possibly at once. */
  sync(onDurable: () => void): void;
  log(message: string): void;
}

type Visible<Message> = Extract<Effect<Message>, { type: "send" | "reply" }>;
type Barrier = { readonly type: "barrier"; durable: boolean };

/**
 * Carries out effects in the order that the frame promises: messages and replies wait, first in, first out, behind
 * every sync that is not finished. One for each run of a node; a kill throws it away with what waits in it.
 */
export class EffectQueue<Message> {
  readonly #host: EffectHost<Message>;
  readonly #waiting: (Visible<Message> | Barrier)[] = [];

  constructor(host: EffectHost<Message>) {
    this.#host = host;
  }

  perform(effects: readonly Effect<Message>[]): void {
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect<Message>): void {
    const host = this.#host;
    switch (effect.type) {
      case "send":
      case "reply":
        if (this.#waiting.length === 0) this.#release(effect);
        else this.#waiting.push(effect);
        return;
      case "sync":
        this.#sync();
        return;
      case "set-timer":
        host.setTimer(effect.name, effect.delayNs);
        return;
      case "cancel-timer":
        host.cancelTimer(effect.name);
        return;
      case "write":
        host.write(effect.name, effect.value);
        return;
      case "append":
        host.append(effect.name, effect.entries);
        return;
      case "truncate":
        host.truncate(effect.name, effect.length);
        return;
      case "log":
        host.log(effect.message);
        return;
    }
  }

  #sync(): void {
    const barrier: Barrier = { type: "barrier", durable: false };
    this.#waiting.push(barrier);
    this.#host.sync(() => {
      barrier.durable = true;
      this.#drain();
    });
  }

  #drain(): void {
    let released = 0;
    for (const effect of this.#waiting) {
      if (effect.type === "barrier" && !effect.durable) break;
      if (effect.type !== "barrier") this.#release(effect);
      released++;
    }
    this.#waiting.splice(0, released);
  }

  #release(effect: Visible<Message>): void {
    if (effect.type === "send") this.#host.send(effect.to, effect.message);
    else this.#host.reply(effect.client, effect.sequence, effect.reply);
  }
}
