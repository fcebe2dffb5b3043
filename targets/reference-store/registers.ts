import { isDeepStrictEqual } from "node:util";
import type { Json, Key } from "../../harness/history/operation.ts";
import type { ClientRequest, Reply } from "./frame.ts";
import type { StateMachine } from "./state-machine.ts";
import { unsupported } from "./unsupported.ts";

/** Registers by key, with `read`, `write` and `cas`; every one holds null at first. Cost: O(1) a request. */
export class Registers implements StateMachine {
  #values = new Map<Key, Json>();

  isRead(request: ClientRequest): boolean {
    return request.f === "read";
  }

  get(key: Key): Json {
    return this.#values.get(key) ?? null;
  }

  execute({ f, key, value }: ClientRequest): Reply {
    if (f === "read") return { type: "ok", value: this.get(key) };
    if (f === "write") {
      this.#values.set(key, value);
      return { type: "ok", value };
    }
    if (f === "cas" && Array.isArray(value) && value.length === 2) {
      const [from, to] = value as [Json, Json];
      const current = this.get(key);
      if (!isDeepStrictEqual(current, from)) {
        const message = `${JSON.stringify(key)} was ${JSON.stringify(current)}, not ${JSON.stringify(from)}`;
        return { type: "fail", code: "precondition-failed", message };
      }
      this.#values.set(key, to);
      return { type: "ok", value };
    }
    return unsupported({ f, value });
  }

  snapshot(): Json {
    return [...this.#values];
  }

  restore(snapshot: Json): void {
    this.#values = new Map(snapshot as [Key, Json][]);
  }
}
