import type { Json, Key } from "../../harness/history/operation.ts";
import type { ClientRequest, Reply } from "./frame.ts";

interface Guarded {
  /** The largest token that came with a write. */
  readonly fence: number;
  readonly value: Json;
}

/**
 * What locks guard. It knows nothing of who holds a lock or until when, and goes by the tokens that come with writes: once
 * it took one, it takes none with a smaller token (Kleppmann, How to do distributed locking, 2016; the sequencers of
 * Burrows, The Chubby lock service, 2006, 2.4). Cost: O(1) a write.
 */
export class FencedResource {
  #guarded = new Map<Key, Guarded>();

  write(key: Key, token: number, value: Json): Reply {
    const { fence } = this.#guarded.get(key) ?? { fence: 0 };
    if (token < fence) return staleToken(`a write with the token ${fence} came before one with ${token}`);
    this.overwrite(key, token, value);
    return { type: "ok", value: [token, value] };
  }

  /** Takes the write, whatever its token. */
  overwrite(key: Key, token: number, value: Json): void {
    this.#guarded.set(key, { fence: token, value });
  }

  snapshot(): Json {
    return Array.from(this.#guarded, ([key, { fence, value }]) => [key, fence, value]);
  }

  restore(snapshot: Json): void {
    const guarded = snapshot as [Key, number, Json][];
    this.#guarded = new Map(guarded.map(([key, fence, value]) => [key, { fence, value }]));
  }
}

export function staleToken(message: string): Reply {
  return { type: "fail", code: "stale-token", message };
}

/** The token and the value of a `write`, or the token of a `release`; undefined where it has none. */
export function tokenIn({ f, value }: Pick<ClientRequest, "f" | "value">): number | undefined {
  const isPair = Array.isArray(value) && value.length === 2;
  const token = f !== "write" ? value : isPair ? value[0] : undefined;
  return typeof token === "number" && Number.isSafeInteger(token) ? token : undefined;
}
