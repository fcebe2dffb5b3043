import { type Clock, NS_PER_S, RealClock, VirtualClock } from "../clock/index.ts";
import { describeError, EnvironmentError } from "../errors.ts";
import type { HistoryEvent } from "../history/index.ts";
import { interpret, OPERATION_TIMEOUT } from "../interpreter/interpreter.ts";
import { type Cluster, FINAL_HEAL, type Reporter, type TargetSetup } from "../ports/index.ts";
import { runGenerator } from "./run-generator.ts";
import type { RunSetup } from "./run-setup.ts";
import { unfailing } from "./unfailing-reporter.ts";

export interface RunOutcome {
  readonly versions: Readonly<Record<string, string>>;
  readonly interrupted: boolean;
  /** What broke in the environment after the load had begun; the history holds what was recorded until then. */
  readonly environmentError: EnvironmentError | undefined;
  /** When the run ended, in its own time. */
  readonly endNs: number;
  /** What went wrong without bearing on the run, such as a reporter that failed. */
  readonly warnings: readonly string[];
}

const NEMESIS_TIMEOUT_NS = 60 * NS_PER_S;

/**
 * Runs the phases start, load, heal, recovery and stop. The history grows in the recorder as it goes. The cluster is
 * stopped and removed whatever happens; where that fails after a whole run, the record stands and the failure is told
 * beside it.
 *
 * Errors: {@link EnvironmentError} where the cluster did not start or cannot take the faults; then nothing was
 * recorded.
 */
export async function run(given: RunSetup): Promise<RunOutcome> {
  const warnings: string[] = [];
  const reporter = unfailing(given.reporter, (message) => warnings.push(message));
  const setup = { ...given, reporter };
  const clock = setup.target.time === "virtual" ? new VirtualClock() : new RealClock();
  reporter.onPhase("start", clock.nowNs());
  const cluster = await startCluster(setup, clock);
  const broken: EnvironmentError[] = [];
  try {
    const nemesis = setup.injector(cluster);
    reporter.onPhase("load", clock.nowNs());
    await interpret({
      clock,
      random: setup.random.stream("generator"),
      generator: runGenerator(setup, () => reporter.onPhase("recovery", clock.nowNs())),
      concurrency: setup.concurrency,
      openClient: (thread) => cluster.openClient(setup.nodes[thread % setup.nodes.length] as string, thread),
      nemesis,
      hasEffect: (f) => setup.workload.operations[f]?.hasEffect ?? true,
      recorder: setup.recorder,
      opTimeoutNs: setup.opTimeoutNs,
      nemesisTimeoutNs: NEMESIS_TIMEOUT_NS,
      wakeup: setup.stop.wakeup,
      onEvent: (event) => {
        const problem = nemesisProblem(event);
        if (problem !== undefined) broken.push(problem);
        reporter.onEvent(event);
      },
      log: (message) => reporter.onLog(message),
    });
    const failure = await failureOf(cluster);
    if (failure !== undefined) broken.push(failure);
  } catch (error) {
    // What broke first is what people must see; what cannot be removed as well is one more line.
    await stopCluster(cluster, setup, clock).catch((unstopped) => reporter.onLog(describeError(unstopped)));
    throw error;
  }
  const interrupted = setup.stop.stopped;
  await stopCluster(cluster, setup, clock).catch((error: unknown) => {
    // What cannot be removed is no reason to lose the verdict on what was recorded.
    if (!(error instanceof EnvironmentError)) throw error;
    broken.push(error);
  });
  return {
    versions: cluster.versions,
    interrupted,
    environmentError: broken[0],
    endNs: clock.nowNs(),
    warnings,
  };
}

function startCluster(setup: RunSetup, clock: Clock): Promise<Cluster> {
  const forTarget: Omit<TargetSetup, "clock"> = {
    runId: setup.runId,
    nodes: setup.nodes,
    options: setup.targetOptions,
    random: setup.random.stream("target"),
    log: (message) => setup.reporter.onLog?.(message),
    signal: setup.stop.signal,
    workload: setup.workload.name,
    ...(setup.folder === undefined ? {} : { folder: setup.folder }),
    ...(setup.observer === undefined ? {} : { observer: setup.observer }),
  };
  return setup.target.time === "virtual"
    ? setup.target.start({ ...forTarget, clock: clock as VirtualClock })
    : setup.target.start({ ...forTarget, clock });
}

/** Why the cluster is not what it should be at the end, all faults taken back; also where it cannot even be asked. */
async function failureOf(cluster: Cluster): Promise<EnvironmentError | undefined> {
  try {
    return await cluster.failure?.();
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
}

async function stopCluster(
  cluster: Cluster,
  { reporter, logsFolder }: RunSetup & { readonly reporter: Required<Reporter> },
  clock: Clock,
): Promise<void> {
  reporter.onPhase("stop", clock.nowNs());
  await keepLogs(cluster, logsFolder, reporter.onLog);
  await cluster[Symbol.asyncDispose]();
}

/** Logs help people and decide nothing: that they cannot be had is told and no more. */
async function keepLogs(
  cluster: Cluster,
  logsFolder: string | undefined,
  log: (message: string) => void,
): Promise<void> {
  if (logsFolder === undefined) return;
  try {
    await cluster.saveLogs(logsFolder);
  } catch (error) {
    log(`the nodes' logs could not be saved: ${describeError(error)}`);
  }
}

/**
 * What makes an environment unfit to judge a store in: a fault of which nobody knows whether or when it strikes, or
 * one that is still in force after the final heal.
 */
function nemesisProblem({ process, type, f, error }: HistoryEvent): EnvironmentError | undefined {
  if (process !== "nemesis" || type !== "fail") return undefined;
  if (f !== FINAL_HEAL && error?.code !== OPERATION_TIMEOUT) return undefined;
  return new EnvironmentError({
    code: f === FINAL_HEAL ? "not-healed" : "nemesis-timeout",
    message: `${f} failed: ${error?.message ?? "no reason given"}`,
    hint: "the history is kept; see the nodes' logs in the run folder, and what the environment says of itself",
  });
}
