export { type LinearizableOptions, linearizable } from "./linearizable/linearizable.ts";
export { type Part, type Prepared, prepare } from "./linearizable/prepare.ts";
export type { Problem, TransitionClass } from "./linearizable/problem.ts";
export type { Reductions } from "./linearizable/search.ts";
export {
  type CasRegisterOptions,
  casRegister,
  createModel,
  type Dataflow,
  type FailedCas,
  type Model,
  type ModelEntry,
  type ModelOperation,
  type ModelOptions,
  models,
  type Needs,
  type NilReads,
  type RegisterOptions,
  register,
  type Step,
} from "./models/index.ts";
