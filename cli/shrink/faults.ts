import type { FaultSchedule, FaultStep } from "../../harness/ports/index.ts";

/** One fault of a schedule: when it strikes, and when it is taken back; never before the end of the load where absent. */
export interface ScheduledFault {
  readonly inject: FaultStep;
  readonly undo: FaultStep | undefined;
}

/** The faults of a schedule, in order of time. */
export function faultsOf(schedule: FaultSchedule): readonly ScheduledFault[] {
  const injections = schedule.filter(({ f, value }) => f === value.kind);
  return injections.map((inject) => ({
    inject,
    undo: schedule.find(({ f, value }) => value.fault === inject.value.fault && f !== value.kind),
  }));
}

/** The schedule of some faults, which are numbered anew in order of time. */
export function scheduleOf(faults: readonly ScheduledFault[]): FaultSchedule {
  const inOrder = faults.toSorted((a, b) => a.inject.timeNs - b.inject.timeNs);
  const steps = inOrder.flatMap(({ inject, undo }, fault): FaultStep[] => {
    const value = { ...inject.value, fault };
    return undo === undefined
      ? [{ ...inject, value }]
      : [
          { ...inject, value },
          { ...undo, value },
        ];
  });
  return steps.toSorted((a, b) => a.timeNs - b.timeNs);
}

/** A schedule in which every fault that lasts to the end is taken back at this time. `undoOf`: by the kind of fault. */
export function endedAt(
  schedule: FaultSchedule,
  timeNs: number,
  undoOf: (kind: string) => string,
): FaultSchedule {
  const faults = faultsOf(schedule).filter(({ inject }) => inject.timeNs < timeNs);
  return scheduleOf(faults.map((fault) => ended(fault, timeNs, undoOf)));
}

function ended(
  { inject, undo }: ScheduledFault,
  timeNs: number,
  undoOf: (kind: string) => string,
): ScheduledFault {
  const { value } = inject;
  // What is over at once needs no end.
  if (value.momentary || (undo !== undefined && undo.timeNs <= timeNs)) return { inject, undo };
  return { inject, undo: { timeNs, f: undoOf(value.kind), value } };
}
