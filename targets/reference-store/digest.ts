import { createHash } from "node:crypto";
import { canonicalJson } from "../../harness/history/index.ts";
import type { Json } from "../../harness/history/operation.ts";

/** A digest of a value: equal for equal values, whatever the order of their members. Cost: O(size). */
export function digestOf(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("base64url").slice(0, 16);
}
