import { describeError } from "../errors.ts";
import type { CompletionType, Json, OperationError } from "../history/operation.ts";

/** What a client reports of one operation. */
export interface Completion {
  readonly type: CompletionType;
  readonly value: Json;
  readonly error?: OperationError;
  readonly node?: string;
}

/**
 * An error of a client whose meaning is known.
 *
 * `definite`: the operation certainly took no effect (refused before it was tried, a comparison that was evaluated
 * and was false). When in doubt, leave it indefinite.
 */
export class ClientError extends Error {
  readonly code: string;
  readonly definite: boolean;
  readonly node: string | undefined;

  constructor(details: { code: string; message: string; definite: boolean; node?: string; cause?: unknown }) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "ClientError";
    this.code = details.code;
    this.definite = details.definite;
    this.node = details.node;
  }
}

/**
 * The one place where an error becomes `fail` or `info`: a definite error, or any error of an operation that has
 * no effect (a read), is `fail`; everything else is `info`.
 */
export function completionOfError(
  error: unknown,
  invocation: { value: Json; hasEffect: boolean },
): Completion {
  const known = error instanceof ClientError ? error : undefined;
  const definite = known?.definite === true || !invocation.hasEffect;
  return {
    type: definite ? "fail" : "info",
    value: invocation.value,
    error: { code: known?.code ?? "client-threw", message: describeError(error) },
    ...(known?.node === undefined ? {} : { node: known.node }),
  };
}
