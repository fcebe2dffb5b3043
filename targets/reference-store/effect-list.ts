import type { Json } from "../../harness/history/operation.ts";
import type { ClientRequest, Effect, Reply } from "./frame.ts";

/** Collects the effects of one event, so that a handler reads like the pseudo-code it follows. */
export class EffectList<Message> {
  readonly effects: Effect<Message>[] = [];

  send(to: string, message: Message): void {
    this.effects.push({ type: "send", to, message });
  }

  reply(request: Pick<ClientRequest, "client" | "sequence">, reply: Reply): void {
    this.effects.push({ type: "reply", client: request.client, sequence: request.sequence, reply });
  }

  setTimer(name: string, delayNs: number): void {
    this.effects.push({ type: "set-timer", name, delayNs: Math.round(delayNs) });
  }

  cancelTimer(name: string): void {
    this.effects.push({ type: "cancel-timer", name });
  }

  write(name: string, value: Json): void {
    this.effects.push({ type: "write", name, value });
  }

  append(name: string, entries: readonly Json[]): void {
    this.effects.push({ type: "append", name, entries });
  }

  truncate(name: string, length: number): void {
    this.effects.push({ type: "truncate", name, length });
  }

  sync(): void {
    this.effects.push({ type: "sync" });
  }

  log(message: string): void {
    this.effects.push({ type: "log", message });
  }
}
