import type { Generator } from "./generator.ts";
import { type InvokeOperation, invokeOperation, type OperationTemplate } from "./operation.ts";

/**
 * Rewrites what the operations of a generator do (`f`, `key`, `value`) by a pure function; who does them and when
 * stays. Sleeps and log lines pass as they are. The generator hears of the operations as rewritten.
 */
export function map(
  rewrite: (operation: InvokeOperation) => OperationTemplate,
  generator: Generator,
): Generator {
  return {
    op(context) {
      const offer = generator.op(context);
      if (typeof offer === "string") return offer;
      const { operation } = offer;
      return {
        operation:
          operation.kind === "invoke"
            ? invokeOperation(rewrite(operation), operation.timeNs, operation.thread)
            : operation,
        next: map(rewrite, offer.next),
      };
    },
    update(context, event) {
      const next = generator.update(context, event);
      return next === generator ? this : map(rewrite, next);
    },
  };
}
