import { NS_PER_S } from "../clock/index.ts";
import {
  clients,
  clientsAndNemesis,
  deferred,
  type Generator,
  nemesis,
  nothing,
  operation,
  phases,
  schedule,
  script,
  stagger,
  timeLimit,
  until,
} from "../generator/index.ts";
import { FINAL_HEAL } from "../ports/index.ts";
import type { RunSetup } from "./run-setup.ts";

/**
 * The operations of a whole run: the load with its faults, then the final heal, then the recovery phase with the
 * workload's final reads. A script takes the place of the workload's load. A stop request ends the load and leaves out
 * the recovery.
 */
export function runGenerator(setup: RunSetup, onRecovery: () => void): Generator {
  const stopped = () => setup.stop.stopped;
  const { load, recovery } = setup.workload.generators({
    nodes: setup.nodes,
    concurrency: setup.concurrency,
    options: setup.workloadOptions,
    random: setup.random.stream("workload"),
  });
  const atRate = (generator: Generator) =>
    setup.rateHz === 0 ? generator : stagger(NS_PER_S / setup.rateHz, generator, setup.burst);
  const clientLoad = setup.script === undefined ? atRate(load) : script(setup.script.operations);
  const finalReads = (): Generator => {
    if (setup.script?.recovery === false) return nothing;
    onRecovery();
    return timeLimit(setup.recoveryLimitNs, clients(recovery(setup.recorder.keys)));
  };
  return phases(
    until(stopped, timeLimit(setup.timeLimitNs, clientsAndNemesis(clientLoad, schedule(setup.schedule)))),
    nemesis(operation({ f: FINAL_HEAL, value: null })),
    until(stopped, deferred(finalReads)),
  );
}
