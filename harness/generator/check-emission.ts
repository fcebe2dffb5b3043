import { UsageError } from "../errors.ts";
import type { Context, GeneratedOperation } from "./generator.ts";

/**
 * Refuses an operation that nobody could run: one in the past, at no whole nanosecond, or on a thread that is busy or
 * not there. Combinators never make one; a generator of one's own may.
 * Errors: {@link UsageError} `bad-operation`.
 */
export function checkEmission(operation: GeneratedOperation, context: Context): void {
  const { timeNs, thread } = operation;
  let problem: string | undefined;
  if (!Number.isSafeInteger(timeNs)) problem = `starts at ${timeNs} ns, which is no whole number`;
  else if (timeNs < context.timeNs) problem = `starts at ${timeNs} ns, before now (${context.timeNs} ns)`;
  else if (!context.threads.has(thread)) problem = `is for thread ${thread}, which is not there`;
  else if (!context.free.has(thread)) problem = `is for thread ${thread}, which is busy`;
  if (problem === undefined) return;
  const name =
    operation.kind === "invoke" ? `an operation ${JSON.stringify(operation.f)}` : `a ${operation.kind}`;
  throw new UsageError({
    code: "bad-operation",
    message: `a generator made ${name} that ${problem}`,
    hint: "choose the thread from context.free and a time of at least context.timeNs",
  });
}
