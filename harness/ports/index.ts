export {
  type Budget,
  type CheckContext,
  type Checker,
  type CheckSettings,
  checkContext,
  DEFAULT_BUDGET,
} from "./checker.ts";
export type { Client, Invocation } from "./client.ts";
export type {
  Capabilities,
  CapabilityName,
  Cluster,
  DirectedLink,
  Effect,
  KillCapability,
  PartitionCapability,
  PauseCapability,
  Unavailable,
} from "./cluster.ts";
export {
  type Fault,
  type FaultSchedule,
  type FaultStep,
  type FaultStepValue,
  type FaultVariant,
  FINAL_HEAL,
} from "./nemesis.ts";
export { type OptionSpec, type OptionTable, type OptionValues, resolveOptions } from "./options.ts";
export { ClientError, type Completion, completionOfError } from "./outcome.ts";
export type { Phase, Reporter } from "./reporter.ts";
export type { Environment, RealTarget, SimulatedTarget, Target, TargetSetup } from "./target.ts";
export {
  type Anomaly,
  type CheckResult,
  type Explanation,
  type Linearization,
  mergeValidity,
  type Reason,
  type StateBefore,
  type Validity,
} from "./verdict.ts";
export type { Workload, WorkloadGenerators, WorkloadSetup } from "./workload.ts";
