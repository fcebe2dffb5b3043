import { UsageError } from "../errors.ts";
import type { Generator } from "./generator.ts";
import type { InvokeOperation } from "./operation.ts";

/** So many operations dropped in a row mean that nothing will ever pass. */
const DROPPED_LIMIT = 1_000_000;

/**
 * Drops the operations that do not satisfy a pure predicate; sleeps and log lines pass. The generator takes a dropped
 * operation for emitted: put `filter` inside `limit`, `untilOk` and the like, not around them.
 *
 * Errors: {@link UsageError} `filter-drops-everything` after 1,000,000 dropped in a row.
 */
export function filter(predicate: (operation: InvokeOperation) => boolean, generator: Generator): Generator {
  return {
    op(context) {
      let current = generator;
      for (let dropped = 0; dropped < DROPPED_LIMIT; dropped++) {
        const offer = current.op(context);
        if (typeof offer === "string") return offer;
        const { operation, next } = offer;
        if (operation.kind !== "invoke" || predicate(operation)) {
          return { operation, next: filter(predicate, next) };
        }
        current = next;
      }
      throw new UsageError({
        code: "filter-drops-everything",
        message: `a filter dropped ${DROPPED_LIMIT} operations in a row`,
        hint: "let its predicate accept some operation of the generator, or limit the generator",
      });
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : filter(predicate, next);
    },
  };
}
