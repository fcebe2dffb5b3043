import type { Json } from "../history/operation.ts";
import { requireDuration } from "./argument.ts";
import type { Emission, Generator } from "./generator.ts";
import { nothing } from "./nothing.ts";
import { invokeOperation } from "./operation.ts";

/** One operation of a schedule, `timeNs` after its start. */
export interface ScheduleStep {
  readonly timeNs: number;
  readonly f: string;
  readonly value: Json;
}

/**
 * Operations of the nemesis by a timetable: faults as data. The schedule starts when the nemesis takes its first
 * operation, a sleep of 0 ns that stands in no history and fixes the origin of the times. Steps run in order of time;
 * one that comes due while the nemesis is busy starts as soon as it is free, and none is left out. Done where the
 * nemesis is not in view.
 */
export function schedule(steps: readonly ScheduleStep[]): Generator {
  for (const step of steps) requireDuration(`the step ${step.f} of a schedule`, step.timeNs);
  if (steps.length === 0) return nothing;
  const inOrder = steps.toSorted((a, b) => a.timeNs - b.timeNs);
  return onNemesis((timeNs) => ({
    // Offers that are not taken leave no trace in a pure generator: only one that is taken at once can keep the time.
    operation: { kind: "sleep", timeNs, thread: "nemesis", durationNs: 0 },
    next: stepsFrom(timeNs, inOrder, 0),
  }));
}

function stepsFrom(originNs: number, steps: readonly ScheduleStep[], position: number): Generator {
  const step = steps[position];
  if (step === undefined) return nothing;
  return onNemesis((nowNs) => ({
    operation: invokeOperation(step, Math.max(nowNs, originNs + Math.ceil(step.timeNs)), "nemesis"),
    next: stepsFrom(originNs, steps, position + 1),
  }));
}

function onNemesis(emit: (nowNs: number) => Emission): Generator {
  return {
    op(context) {
      if (!context.threads.nemesis) return "done";
      return context.free.nemesis ? emit(context.timeNs) : "pending";
    },
    update() {
      return this;
    },
  };
}
