import type { Json, Key } from "./operation.ts";

/** The name of a transaction: its value is a list of parts, each an array whose second member is a key. */
const TRANSACTION = "txn";

/** The keys of the parts of a transaction, in their order; none where the operation is no transaction. */
export function transactionKeys({ f, value }: { readonly f: string; readonly value: Json }): Key[] {
  return transactionParts({ f, value }).map(([, key]) => key);
}

/** The parts of a transaction that stand on a key: what is done, and to which. */
export function transactionParts({
  f,
  value,
}: {
  readonly f: string;
  readonly value: Json;
}): (readonly [f: string, key: Key])[] {
  if (f !== TRANSACTION || !Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((part) => {
    const [what, key] = Array.isArray(part) ? (part as readonly Json[]) : [];
    return typeof what === "string" && (typeof key === "string" || typeof key === "number")
      ? [[what, key]]
      : [];
  });
}
