export {
  type Budget,
  type CheckContext,
  type Checker,
  type CheckSettings,
  checkContext,
  DEFAULT_BUDGET,
} from "./checker.ts";
export type { Client, Invocation } from "./client.ts";
export {
  type Capabilities,
  type CapabilityName,
  type ClockCapability,
  type ClockSkew,
  type Cluster,
  type DirectedLink,
  type Effect,
  type KillCapability,
  type LeadershipCapability,
  type MembershipCapability,
  offering,
  type PartitionCapability,
  type PauseCapability,
  type Unavailable,
} from "./cluster.ts";
export {
  type Fault,
  type FaultSchedule,
  type FaultStep,
  type FaultStepValue,
  type FaultVariant,
  FINAL_HEAL,
} from "./nemesis.ts";
export type { LossReason, RunObserver, TraceEvent } from "./observer.ts";
export { type OptionSpec, type OptionTable, type OptionValues, resolveOptions } from "./options.ts";
export { ClientError, type Completion, completionOfError } from "./outcome.ts";
export type { Phase, Reporter } from "./reporter.ts";
export {
  type Bug,
  type Environment,
  type Guarantee,
  profileOf,
  type RealTarget,
  type SimulatedTarget,
  type Target,
  type TargetProfile,
  type TargetSetup,
  type TargetVariant,
} from "./target.ts";
export {
  type Anomaly,
  type CheckResult,
  type Explanation,
  type Linearization,
  type Measure,
  mergeValidity,
  type Reason,
  type StateBefore,
  type Validity,
} from "./verdict.ts";
export { operationsOf, type Workload, type WorkloadGenerators, type WorkloadSetup } from "./workload.ts";
