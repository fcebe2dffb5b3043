import { canonicalJson, type Json } from "../../harness/history/index.ts";

/** Whether two JSON values are equal, whatever the order of their members. Scalars are compared without a detour. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  return canonicalJson(a) === canonicalJson(b);
}
