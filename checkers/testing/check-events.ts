import type { CheckResult } from "../../harness/ports/verdict.ts";
import type { LinearizableOptions } from "../linearizable/begin-check.ts";
import { linearizable } from "../linearizable/linearizable.ts";
import type { Model } from "../models/index.ts";
import { type BareEvent, historyOf } from "./history-of.ts";

const BUDGET = { timeMs: 60_000, memoryBytes: 2 ** 28 };

/** Checks with a clock that stands still, so that only memory can run out. */
export function checkEvents(
  events: readonly BareEvent[],
  model: Model,
  options: LinearizableOptions = {},
): CheckResult {
  return linearizable(model, options).check(historyOf(events), { budget: BUDGET, nowMs: () => 0 });
}
