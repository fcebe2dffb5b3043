import type { History } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/index.ts";
import type { Model } from "../models/index.ts";
import type { Problem } from "./problem.ts";
export function explain(_h: History, _m: Model, problem: Problem, position: number): Anomaly {
  return { type: "nonlinearizable", message: String(position), operations: [problem.rows[0] as number] };
}
