export { formatEvent } from "./format-event.ts";
export { formats, type HistoryFormat, type ReadOptions } from "./formats/index.ts";
export { ABSENT, Completed, History, type HistoryColumns, type HistoryNames, NEMESIS } from "./history.ts";
export type { LoadedHistory } from "./history-assembler.ts";
export { HistoryBuilder, type Misfit, type NewEvent } from "./history-builder.ts";
export { historyEvents } from "./history-events.ts";
export { type GivenEvent, historyOf } from "./history-of.ts";
export { type JsonProblem, jsonProblem } from "./json-value.ts";
export type {
  CompletionType,
  EventType,
  HistoryEvent,
  Json,
  Key,
  Operation,
  OperationError,
  Process,
} from "./operation.ts";
export { MemoryRecorder, type Recorder, type UnrecordedEvent } from "./recorder.ts";
export { openSharedHistory, type SharedHistory, shareHistory } from "./shared-history.ts";
export { readHistoryText } from "./text-reader.ts";
export { transactionKeys, transactionParts } from "./transaction-keys.ts";
export { canonicalJson, type Values, ValueTable } from "./value-table.ts";
export type { Warning } from "./warnings.ts";
