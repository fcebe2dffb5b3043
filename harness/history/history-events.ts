import { ABSENT, type History } from "./history.ts";
import type { HistoryEvent, Operation } from "./operation.ts";

/** The events of a history in the order in which they were recorded. Cost: O(n), one object an event. */
export function* historyEvents(history: History): IterableIterator<HistoryEvent> {
  const { invokeIndex, completeIndex } = history.columns;
  const operationOf = new Int32Array(history.eventCount);
  for (let id = 0; id < history.length; id++) {
    operationOf[invokeIndex[id] as number] = id;
    const end = completeIndex[id] as number;
    if (end !== ABSENT) operationOf[end] = id;
  }
  for (let index = 0; index < history.eventCount; index++) {
    const operation = history.operation(operationOf[index] as number);
    yield operation.completeIndex === index ? completionEvent(operation, index) : invocationEvent(operation);
  }
}

function invocationEvent(operation: Operation): HistoryEvent {
  const { invokeIndex: index, invokeTimeNs: time, process, f, key, input: value, node, type } = operation;
  return {
    index,
    time,
    type: "invoke",
    process,
    f,
    ...(key === undefined ? {} : { key }),
    value,
    // Where there is a completion, it tells who answered.
    ...(node === undefined || type !== undefined ? {} : { node }),
  };
}

function completionEvent(operation: Operation, index: number): HistoryEvent {
  const {
    completeTimeNs: time = 0,
    type = "info",
    process,
    f,
    key,
    output: value = null,
    node,
    error,
  } = operation;
  return {
    index,
    time,
    type,
    process,
    f,
    ...(key === undefined ? {} : { key }),
    value,
    ...(node === undefined ? {} : { node }),
    ...(error === undefined ? {} : { error }),
  };
}
