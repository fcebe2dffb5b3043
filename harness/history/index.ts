export { ABSENT, Completed, History, type HistoryColumns, type HistoryNames, NEMESIS } from "./history.ts";
export { HistoryBuilder, type Misfit } from "./history-builder.ts";
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
export { canonicalJson, ValueTable } from "./value-table.ts";
