/** What an error of a node says about the operation that met it. */
export interface ErrorCode {
  readonly name: string;
  /** Whether the operation certainly did not take effect, and never will. */
  readonly definite: boolean;
  readonly description: string;
}

/**
 * The errors of the protocol, by their number (Maelstrom, doc/protocol.md, "Errors"). Any other number, such as those
 * from 1000 on that are free for a node's own use, is indefinite.
 */
export const ERROR_CODES: Readonly<Record<number, ErrorCode>> = {
  0: { name: "timeout", definite: false, description: "it could not be completed in time" },
  1: { name: "node-not-found", definite: true, description: "a request went to a node that does not exist" },
  10: { name: "not-supported", definite: true, description: "the node has no such operation" },
  11: {
    name: "temporarily-unavailable",
    definite: true,
    description: "it certainly cannot be performed now: no leader, no quorum, not ready",
  },
  12: { name: "malformed-request", definite: true, description: "the request did not have the right form" },
  13: { name: "crash", definite: false, description: "something went wrong inside, at an unknown point" },
  14: { name: "abort", definite: true, description: "it was given up, and did not take effect" },
  20: { name: "key-does-not-exist", definite: true, description: "there is no such key" },
  21: { name: "key-already-exists", definite: true, description: "the key is there, and should not be" },
  22: {
    name: "precondition-failed",
    definite: true,
    description: "a condition, such as that of a compare-and-set, was evaluated and was false",
  },
  30: { name: "txn-conflict", definite: true, description: "a transaction was aborted for another one" },
};

/** The error with this number. */
export function errorCode(code: number): ErrorCode {
  return (
    ERROR_CODES[code] ?? {
      name: `error-${code}`,
      definite: false,
      description: "an error of the node's own, of which nobody knows whether the operation took effect",
    }
  );
}
