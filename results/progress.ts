import { formatSeconds, NS_PER_S } from "../harness/clock/index.ts";
import type { HistoryEvent } from "../harness/history/index.ts";
import type { Phase, Reporter } from "../harness/ports/index.ts";

export interface ProgressOutput {
  /** Whether a line may be redrawn. */
  readonly live: boolean;
  /** Writes to the stream for people, as it is. */
  write(text: string): void;
  style(style: "dim" | "yellow", text: string): string;
}

const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  start: "starting the cluster",
  load: "clients under load",
  recovery: "load over, final reads",
  stop: "stopping the cluster",
  check: "checking the history",
};

/** How far the run's own time moves on between two drawings of the live line. */
const REDRAW_EVERY_NS = NS_PER_S / 10;

/**
 * Progress for people. On a terminal one line is redrawn as the run goes and every fault gets a line; elsewhere there
 * is one line a phase.
 */
export function progressReporter(output: ProgressOutput): Reporter {
  const counts = { ok: 0, fail: 0, info: 0 };
  let drawnNs = 0;
  let inForce: string[] = [];
  let phase: Phase = "start";

  const line = (text: string) => output.write(output.live ? `\r\x1b[2K${text}\n` : `${text}\n`);
  const redraw = (timeNs: number) => {
    const faults = inForce.length === 0 ? "" : `  [${inForce.join(", ")}]`;
    const text = `  ${formatSeconds(timeNs)}  ok ${counts.ok}  fail ${counts.fail}  info ${counts.info}${faults}`;
    output.write(`\r\x1b[2K${text}`);
    drawnNs = timeNs;
  };

  return {
    onPhase(next, timeNs) {
      phase = next;
      const operations = counts.ok + counts.fail + counts.info;
      const soFar =
        operations === 0 || next === "check" ? "" : `  (${operations} operations: ${describe(counts)})`;
      line(`${formatSeconds(timeNs).padStart(10)}  ${PHASE_TEXT[next]}${soFar}`);
    },
    onLog(message) {
      line(`            ${output.style("dim", message)}`);
    },
    onEvent(event) {
      if (event.process === "nemesis") {
        inForce = faultsInForce(inForce, event);
        if (output.live && event.type !== "invoke") line(output.style("yellow", faultLine(event)));
      } else if (event.type !== "invoke") counts[event.type]++;
      if (output.live && phase !== "check" && event.time - drawnNs >= REDRAW_EVERY_NS) redraw(event.time);
    },
  };
}

function describe(counts: { ok: number; fail: number; info: number }): string {
  return `${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`;
}

interface FaultValue {
  readonly kind?: string;
  readonly momentary?: true;
  readonly effect?: { readonly effective: boolean; readonly detail: string };
}

function faultsInForce(before: string[], event: HistoryEvent): string[] {
  // What failed changed nothing that is known: a fault that could not be undone is still in force.
  if (event.type !== "ok") return before;
  const value = event.value as FaultValue | null;
  const kind = value?.kind;
  if (kind === undefined) return [];
  if (value?.momentary) return before;
  return event.f === kind ? [...before, kind] : before.filter((each) => each !== kind);
}

function faultLine(event: HistoryEvent): string {
  const detail = event.error?.message ?? (event.value as FaultValue | null)?.effect?.detail ?? "";
  return `${formatSeconds(event.time).padStart(10)}  ${event.f}${event.type === "ok" ? "" : " FAILED"}  ${detail}`;
}
