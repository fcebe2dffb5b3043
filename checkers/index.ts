export { AssayError, UsageError } from "../harness/errors.ts";
export {
  type GivenEvent,
  type History,
  HistoryBuilder,
  type HistoryEvent,
  historyOf,
  type Json,
  type LoadedHistory,
  openSharedHistory,
  readHistoryText,
  type SharedHistory,
  shareHistory,
} from "../harness/history/index.ts";
export {
  type Budget,
  type Checker,
  type CheckSettings,
  DEFAULT_BUDGET,
} from "../harness/ports/checker.ts";
export type { Anomaly, CheckResult, Reason, Validity } from "../harness/ports/verdict.ts";
export { causal, causalConvergence, causalMemory, pram } from "./causal/causal.ts";
export type { LinearizableOptions } from "./linearizable/begin-check.ts";
export { linearizable } from "./linearizable/linearizable.ts";
export { type Part, type Prepared, prepare } from "./linearizable/preparation/prepare.ts";
export type { Problem, TransitionClass } from "./linearizable/preparation/problem.ts";
export type { Reductions } from "./linearizable/search/search.ts";
export {
  append,
  bag,
  type CasRegisterOptions,
  type CounterOptions,
  casRegister,
  counter,
  createModel,
  type Dataflow,
  echo,
  type FailedCas,
  fencedLock,
  type KvOptions,
  kv,
  leasedLock,
  list,
  log,
  MODEL_OPTIONS,
  type Model,
  type ModelEntry,
  type ModelName,
  type ModelOperation,
  type ModelOption,
  type ModelOptions,
  type MultiRegisterOptions,
  models,
  multiRegister,
  mutex,
  mvRegister,
  type Needs,
  type NilReads,
  type OperationSchema,
  type Operations,
  orSet,
  ownerAwareMutex,
  priorityQueue,
  queue,
  type RegisterOptions,
  register,
  type SemaphoreOptions,
  type Shape,
  type Step,
  semaphore,
  set,
  stack,
  uniqueIds,
} from "./models/index.ts";
export { sequential } from "./sequential/sequential.ts";
export { ALL_GUARANTEES, GUARANTEES, type Guarantee } from "./sessions/guarantees.ts";
export { sessions } from "./sessions/sessions.ts";
