import type { Model } from "../../models/index.ts";
import { compact, lastOperation, type Problem } from "../preparation/problem.ts";
import { reachable } from "./reachable.ts";
import type { Effort } from "./replay.ts";

/** Steps for the reasons of one small history. */
const STEPS = 20_000;

/**
 * The kinds of reasons for which the last operation of a problem is rejected in the states that are reachable before it:
 * the model's words without the values in them. Undefined where that takes too many steps.
 */
export function reasonsOf(problem: Problem, model: Model, effort: Effort): ReadonlySet<string> | undefined {
  const last = lastOperation(problem);
  const states = reachable(compact(problem), model, effort, STEPS);
  if (states === undefined) return undefined;
  return new Set(
    states.map(({ rejections: [first] }) => (first?.operation === last ? kindOf(first.why) : "what follows")),
  );
}

/** Lists, quoted texts and numbers are values; the rest is the kind. */
function kindOf(why: string): string {
  return why
    .replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|null|true|false/g, "#")
    .replace(/\[[#,\s[\]{}:]*\]|\{[#,\s[\]{}:]*\}/g, "#");
}
