import type { Budget, Checker } from "../../harness/ports/checker.ts";
import type { CheckResult } from "../../harness/ports/verdict.ts";
import { type BareEvent, historyOf } from "./history-of.ts";

/** Checks with a clock that stands still. */
export function check(
  checker: Checker,
  events: readonly BareEvent[],
  budget: Partial<Budget> = {},
): CheckResult {
  return checker.check(historyOf(events), { nowMs: () => 0, budget });
}

/**
 * A history from lines like `0: w x 1, r y 2, r x null, cas x 1 2, w y 3 info`: what each process did, one operation after the other, the
 * processes at the same time.
 */
export function sessionsOf(...lines: readonly string[]): BareEvent[] {
  const sessions = lines.map((line) => {
    const [process, told] = line.split(": ") as [string, string];
    return told.split(", ").map((text) => operation(Number(process), text.split(" ")));
  });
  const events: BareEvent[] = [];
  for (let at = 0; sessions.some((session) => session.length > at); at++) {
    for (const session of sessions) events.push(...(session[at]?.slice(0, 1) ?? []));
    for (const session of sessions) events.push(...(session[at]?.slice(1) ?? []));
  }
  return events;
}

function operation(process: number, [f, key, ...rest]: readonly string[]): BareEvent[] {
  const isCas = f === "cas";
  const values = rest.slice(0, isCas ? 2 : 1).map((text) => JSON.parse(text));
  const how = rest[isCas ? 2 : 1] ?? "ok";
  const value = isCas ? values : values[0];
  const name = f === "w" ? "write" : f === "r" ? "read" : "cas";
  const both = { process, f: name, ...(key === undefined ? {} : { key }) };
  const invocation: BareEvent = { ...both, type: "invoke", value: f === "r" ? null : value };
  if (how === "open") return [invocation];
  return [invocation, { ...both, type: how as "ok" | "fail" | "info", value }];
}
