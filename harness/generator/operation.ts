import type { Json, Key } from "../history/operation.ts";
import type { Context, GeneratedOperation, Generator, Offer } from "./generator.ts";
import { nothing } from "./nothing.ts";
import type { Thread } from "./thread-set.ts";

/** What an operation does; the run decides who does it and when. */
export interface OperationTemplate {
  readonly f: string;
  readonly key?: Key;
  /** `null` where absent. */
  readonly value?: Json;
}

/** An operation for a client or for the nemesis, as generators ask for it. */
export type InvokeOperation = Extract<GeneratedOperation, { kind: "invoke" }>;

/**
 * One operation, now, on a free thread chosen by chance; then nothing. Pending while no thread in view is free; done
 * where no thread is in view at all.
 */
export function operation(template: OperationTemplate): Generator {
  return {
    op(context) {
      const thread = drawThread(context);
      if (thread === "pending" || thread === "done") return thread;
      return offerInvocation(context, thread, template, nothing);
    },
    update() {
      return this;
    },
  };
}

export function invokeOperation(
  template: OperationTemplate,
  timeNs: number,
  thread: Thread,
): InvokeOperation {
  const { f, key, value = null } = template;
  return key === undefined
    ? { kind: "invoke", timeNs, thread, f, value }
    : { kind: "invoke", timeNs, thread, f, key, value };
}

/** Offers this operation, now, to a thread that is free; after it comes `next`. */
export function offerInvocation(
  context: Context,
  thread: Thread,
  template: OperationTemplate,
  next: Generator,
): Offer {
  return { operation: invokeOperation(template, context.timeNs, thread), next };
}

/** A free thread by chance; `"pending"` when every thread in view is busy, `"done"` when none is in view. */
export function drawThread(context: Context): Thread | "pending" | "done" {
  const free = context.free.size;
  if (free === 0) return context.threads.size === 0 ? "done" : "pending";
  return context.free.at(context.random.int(free)) as Thread;
}
