import { ABSENT, type CompletionType, type History } from "../../harness/history/index.ts";
import type { ModelOperation } from "../models/index.ts";

/** One row as a model sees it. */
export function modelOperation(history: History, row: number): ModelOperation {
  const { columns, names, values } = history;
  const type = TYPES[columns.completion[row] as number] as CompletionType;
  const error = columns.error[row] as number;
  return {
    f: names.functions[columns.f[row] as number] as string,
    input: values.get(columns.input[row] as number),
    ...(type === "ok" ? { output: values.get(columns.output[row] as number) } : {}),
    type,
    process: columns.process[row] as number,
    ...(type === "fail" && error !== ABSENT ? { errorCode: names.errors[error]?.code ?? "" } : {}),
  };
}

/** By the numbers of {@link Completed}: an open operation counts as `info`. */
const TYPES: readonly CompletionType[] = ["info", "ok", "fail", "info"];
