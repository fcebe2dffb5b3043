import type { Generator } from "../generator.ts";
import { operation } from "../operation.ts";

/** `count` operations called `f`; writes every event that it hears into `heard`, also once it is done. For tests. */
export function listening(f: string, count: number, heard: string[]): Generator {
  return {
    op(context) {
      if (count === 0) return "done";
      const offer = operation({ f }).op(context);
      if (typeof offer === "string") return offer;
      return { operation: offer.operation, next: listening(f, count - 1, heard) };
    },
    update(_, event) {
      heard.push(`${f} hears ${event.type} ${event.f}`);
      return this;
    },
  };
}
