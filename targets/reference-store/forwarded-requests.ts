import type { EffectList } from "./effect-list.ts";
import type { ClientRequest, NodeConfig, Reply } from "./frame.ts";

/** The timer of every node that forwards. */
export const FORWARD = "forward";

/** What nodes tell each other where requests go to a leader, and the replies back. */
export type ForwardedMessage =
  | { readonly type: "ForwardedRequest"; readonly request: ClientRequest }
  | {
      readonly type: "ForwardedReply";
      readonly client: string;
      readonly sequence: number;
      readonly reply: Reply;
    };

interface Forwarded {
  readonly request: ClientRequest;
  /** How often it was handed on. */
  attempts: number;
}

/**
 * The requests that a node took from its own clients and hands on to whoever serves them, again and again until one is
 * answered or waited too long. One a client, since a client sends one at a time and gave up on any before. Whoever
 * serves may get one twice; sessions make that harmless. The owner calls {@link again} when the timer {@link FORWARD}
 * fires.
 */
export class ForwardedRequests {
  readonly #byClient = new Map<string, Forwarded>();
  readonly #intervalNs: number;
  readonly #mostAttempts: number;

  /** `mostAttempts`: after so many, one interval each, the client is told that nobody answers. */
  constructor(intervalNs: number, mostAttempts = Number.POSITIVE_INFINITY) {
    this.#intervalNs = intervalNs;
    this.#mostAttempts = mostAttempts;
  }

  /** Takes a request, which the owner then hands on for the first time. */
  add<Message>(request: ClientRequest, effects: EffectList<Message>): void {
    if (this.#byClient.size === 0) effects.setTimer(FORWARD, this.#intervalNs);
    this.#byClient.set(request.client, { request, attempts: 1 });
  }

  /** Gives the client its answer, unless it has one already. */
  answer<Message>(
    { client, sequence }: Pick<ClientRequest, "client" | "sequence">,
    reply: Reply,
    effects: EffectList<Message>,
  ): void {
    if (this.#byClient.get(client)?.request.sequence !== sequence) return;
    this.#byClient.delete(client);
    effects.reply({ client, sequence }, reply);
  }

  /** The timer fired: refuses what waited too long, and says what to hand on again. */
  again<Message>(effects: EffectList<Message>): readonly ClientRequest[] {
    const due: ClientRequest[] = [];
    for (const forwarded of this.#byClient.values()) {
      const { request, attempts } = forwarded;
      if (attempts === this.#mostAttempts) {
        const message = `nobody answered within ${attempts} time-outs`;
        this.answer(request, { type: "error", code: "unreachable", message, definite: false }, effects);
      } else {
        forwarded.attempts++;
        due.push(request);
      }
    }
    if (this.#byClient.size > 0) effects.setTimer(FORWARD, this.#intervalNs);
    return due;
  }
}

/** Brings a reply to the node whose client waits for it, which may be this one. */
export function bringReply<Message>(
  {
    node: { config, forwarded },
    effects,
  }: {
    readonly node: { readonly config: Pick<NodeConfig, "id">; readonly forwarded: ForwardedRequests };
    readonly effects: EffectList<Message | ForwardedMessage>;
  },
  origin: string,
  { client, sequence }: Pick<ClientRequest, "client" | "sequence">,
  reply: Reply,
): void {
  if (origin === config.id) forwarded.answer({ client, sequence }, reply, effects);
  else effects.send(origin, { type: "ForwardedReply", client, sequence, reply });
}
