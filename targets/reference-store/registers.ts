import { isDeepStrictEqual } from "node:util";
import type { Json, Key } from "../../harness/history/operation.ts";
import type { ClientRequest, Reply } from "./frame.ts";

interface Session {
  sequence: number;
  reply: Reply;
}

/**
 * The replicated state machine: registers by key, and the session of every client (Ongaro's dissertation, section
 * 6.3). Nodes that apply the same requests in the same order hold the same. Cost: O(1) a request; memory grows with the
 * number of keys and of clients.
 */
export class Registers {
  readonly #values = new Map<Key, Json>();
  readonly #sessions = new Map<string, Session>();

  read(key: Key): Json {
    return this.#values.get(key) ?? null;
  }

  /**
   * Applies a write or a compare-and-set, once: a request that was applied already gets the reply that it got then. One
   * that is older than the newest of its client gets none.
   */
  apply(request: ClientRequest): Reply | undefined {
    const session = this.#sessions.get(request.client);
    if (session !== undefined && request.sequence <= session.sequence) return this.replyTo(request);
    const reply = this.#change(request);
    this.#sessions.set(request.client, { sequence: request.sequence, reply });
    return reply;
  }

  /** Whether the request, or a later one of its client, was applied. */
  applied(request: ClientRequest): boolean {
    return (this.#sessions.get(request.client)?.sequence ?? 0) >= request.sequence;
  }

  /** The reply that a request got when it was applied, as far as its session still knows it. */
  replyTo(request: ClientRequest): Reply | undefined {
    const session = this.#sessions.get(request.client);
    return session?.sequence === request.sequence ? session.reply : undefined;
  }

  #change({ f, key, value }: ClientRequest): Reply {
    if (f === "write") {
      this.#values.set(key, value);
      return { type: "ok", value };
    }
    if (f === "cas" && Array.isArray(value) && value.length === 2) {
      const [from, to] = value as [Json, Json];
      const current = this.read(key);
      if (!isDeepStrictEqual(current, from)) {
        const message = `${JSON.stringify(key)} was ${JSON.stringify(current)}, not ${JSON.stringify(from)}`;
        return { type: "fail", code: "precondition-failed", message };
      }
      this.#values.set(key, to);
      return { type: "ok", value };
    }
    return {
      type: "error",
      code: "unsupported-operation",
      message: `no ${f} of ${JSON.stringify(value)}`,
      definite: true,
    };
  }
}
