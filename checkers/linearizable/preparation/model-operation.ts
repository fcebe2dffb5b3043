import { ABSENT, type CompletionType, type History } from "../../../harness/history/index.ts";
import type { ModelOperation } from "../../models/index.ts";

/** One row as a model sees it. */
export function modelOperation(history: History, row: number): ModelOperation {
  const { columns, names, values } = history;
  const type = TYPES[columns.completion[row] as number] as CompletionType;
  const f = names.functions[columns.f[row] as number] as string;
  const input = values.get(columns.input[row] as number);
  const process = columns.process[row] as number;
  // Written out, as this runs once or twice an operation: spreads take three times as long.
  if (type === "ok") return { f, input, type, process, output: values.get(columns.output[row] as number) };
  const error = columns.error[row] as number;
  if (type === "info" || error === ABSENT) return { f, input, type, process };
  return { f, input, type, process, errorCode: names.errors[error]?.code ?? "" };
}

/** By the numbers of {@link Completed}: an open operation counts as `info`. */
const TYPES: readonly CompletionType[] = ["info", "ok", "fail", "info"];
