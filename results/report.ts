import type { Evidence, FaultEvidence } from "../checkers/evidence.ts";
import type { Counts, PhaseStats, Stats } from "../checkers/stats.ts";
import { formatSeconds, NS_PER_S } from "../harness/clock/index.ts";
import type { CheckResult, Measure } from "../harness/ports/index.ts";
import type { Manifest } from "./manifest.ts";
import type { Verdict } from "./verdict.ts";

/** Where a report comes from: a run, or a history file on its own. */
export interface ReportSource {
  /** The run's folder, or the file. */
  readonly path: string;
  readonly manifest: Manifest | undefined;
}

/** How many anomalies are told in full. */
const MAX_ANOMALIES = 3;

/** A verdict for people: what was judged, what came out and why, what the run proved, and where everything is. */
export function renderReport(verdict: Verdict, source: ReportSource): string {
  const sections = [
    heading(verdict, source),
    ...verdict.checks.flatMap((check) => anomalies(check, source)),
    ...verdict.checks.flatMap(reasons),
    operations(verdict.stats),
    ...verdict.checks.flatMap(measures),
    ...(verdict.evidence === null ? [] : faults(verdict.evidence)),
    ...(verdict.warnings.length === 0 ? [] : [["Warnings", ...verdict.warnings.map((text) => `  ${text}`)]]),
    footer(source),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function heading({ validity, consistency, model, history }: Verdict, { manifest }: ReportSource): string[] {
  const what = {
    valid: `VALID: every client saw ${/^[aeiou]/.test(consistency) ? "an" : "a"} ${consistency} ${model}`,
    invalid: `INVALID: what clients saw is not ${consistency} (${model})`,
    unknown: `UNKNOWN: it cannot be said whether this is ${consistency} (${model})`,
  }[validity];
  const size = `${history.operations} ${history.operations === 1 ? "operation" : "operations"}${history.interrupted ? ", interrupted" : ""}`;
  return manifest === undefined ? [what, `  ${size}`] : [what, `  ${describeRun(manifest)}`, `  ${size}`];
}

function describeRun({
  target,
  targetOptions,
  nodes,
  workload,
  faults,
  timeLimitNs,
  seed,
}: Manifest): string {
  const protocol = targetOptions["protocol"];
  const nemesis = faults.length === 0 ? "no faults" : faults.map(({ kind }) => kind).join(", ");
  return (
    `${target}${protocol === undefined ? "" : ` (${protocol})`}, ${nodes.length} nodes, ` +
    `workload ${workload}, ${timeLimitNs / NS_PER_S} s under ${nemesis}, seed ${seed}`
  );
}

function anomalies({ anomalies: found }: CheckResult, { manifest }: ReportSource): string[][] {
  const told = found
    .slice(0, MAX_ANOMALIES)
    .map(({ type, key, message }) => [
      `Anomaly: ${type}${key === undefined ? "" : `, key ${key}`}`,
      ...message.split("\n").map((line) => `  ${line}`),
    ]);
  const left = found.length - MAX_ANOMALIES;
  if (left <= 0) return told;
  // Of a run everything is kept; of a file nothing is.
  const where = manifest === undefined ? "shown by --json" : "in verdict.json";
  return [...told, [`and ${left} more ${left === 1 ? "anomaly" : "anomalies"}, ${where}`]];
}

function reasons({ checker, validity, reasons: given }: CheckResult): string[][] {
  // What has to be said of a verdict that stands leaves nothing open.
  const heading = validity === "valid" ? "Note" : "Undecided";
  return given.map(({ code, message, hint }) => [
    `${heading} (${checker}, ${code})`,
    ...[message, ...(hint === undefined ? [] : [`→ ${hint}`])].flatMap((text) =>
      text.split("\n").map((line) => `  ${line}`),
    ),
  ]);
}

/** What was measured: of each kind the largest, and where that was. */
function measures({ measures: all = [] }: CheckResult): string[][] {
  const largest = new Map<string, Measure>();
  for (const measure of all) {
    const kind = `${measure.name} ${measure.unit}`;
    const before = largest.get(kind);
    if (before === undefined || before.value < measure.value) largest.set(kind, measure);
  }
  if (largest.size === 0) return [];
  const lines = [...largest.values()].map(({ name, value, unit, key, node }) => {
    const where = [key === undefined ? [] : [`key ${key}`], node === undefined ? [] : [`at ${node}`]].flat();
    return `  ${name}: at most ${Number(value.toFixed(3))} ${unit}${where.length === 0 ? "" : ` (${where.join(" ")})`}`;
  });
  return [["Measured", ...lines]];
}

function operations(stats: Stats): string[] {
  return [
    `Operations${"ok".padStart(20)}${"fail".padStart(9)}${"info".padStart(9)}`,
    ...phase("load", stats.load),
    ...(stats.recovery === undefined ? [] : phase("recovery", stats.recovery)),
  ];
}

function phase(name: string, { operations: kinds, errors }: PhaseStats): string[] {
  const codes = Object.entries(errors).sort(([, a], [, b]) => b - a);
  return [
    ...Object.entries(kinds)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([f, counts]) => `  ${`${name} ${f}`.padEnd(20)}${columns(counts)}`),
    ...(codes.length === 0 ? [] : [`    ${codes.map(([code, count]) => `${count} ${code}`).join(", ")}`]),
  ];
}

function columns({ ok, fail, info }: Counts): string {
  return String(ok).padStart(8) + String(fail).padStart(9) + String(info).padStart(9);
}

function faults({ faults: all, okBeforeFirstFault }: Evidence): string[][] {
  if (all.length === 0) return [];
  const before = Object.entries(okBeforeFirstFault).map(([f, count]) => `${count} ${f}`);
  return [["Faults", `  ok before the first: ${before.join(", ") || "none"}`, ...all.map(faultLine)]];
}

function faultLine({ kind, momentary, window, effective, details, okDuring }: FaultEvidence): string {
  const during = Object.values(okDuring).reduce((total, count) => total + count, 0);
  const startedAt = formatSeconds(window.startTimeNs);
  const when = momentary ? startedAt : `${startedAt} … ${formatSeconds(window.endTimeNs)}`;
  const effect = effective ? "" : "NO EFFECT ";
  return `  ${when.padEnd(22)} ${kind.padEnd(10)} ${String(during).padStart(5)} ok during  ${effect}${details.join("; ")}`;
}

function footer({ path, manifest }: ReportSource): string[] {
  return manifest === undefined ? [`History: ${path}`] : [`Run folder: ${path}`];
}
