import type { Json } from "../../harness/history/index.ts";
import type { FaultSchedule, FaultStep } from "../../harness/ports/index.ts";

/**
 * The sets of faults that are in force together at some time of a schedule, each fault by its kind and shape:
 * `kill:minority`, `kill:one + partition 2-way`. Sorted, each once. Cost: O(s · f) for s steps and f faults at a time.
 */
export function faultCombinations(schedule: FaultSchedule): readonly string[] {
  const inForce = new Map<number, string>();
  const seen = new Set<string>();
  for (const step of schedule) {
    const { fault, kind } = step.value;
    if (step.f !== kind) {
      inForce.delete(fault);
      continue;
    }
    inForce.set(fault, shapeOf(step));
    seen.add([...inForce.values()].sort().join(" + "));
  }
  return [...seen].sort();
}

function shapeOf({ value: { kind, plan } }: FaultStep): string {
  const { variant, drops } = (plan ?? {}) as { variant?: Json; drops?: Readonly<Record<string, Json>> };
  if (typeof variant === "string") return `${kind}:${variant}`;
  return drops === undefined ? kind : `${kind} of ${Object.keys(drops).length}`;
}
