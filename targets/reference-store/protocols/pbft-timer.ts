import { backoffNs } from "../backoff.ts";
import { isPrimary, type Step } from "./pbft-state.ts";

/** A backup that knows of a request waits this long for it, longer after each view change that came to nothing. */
export function restartTimer(step: Step): void {
  const { node } = step;
  if (!node.active) return;
  if (node.requests.size === 0 || isPrimary(node)) stopTimer(step);
  else startTimer(step);
}

export function startTimer({ node, context, effects }: Step): void {
  node.timerRuns = true;
  effects.setTimer("view", backoffNs(4 * node.config.timeoutNs, Math.min(node.failures, 2), context.random));
}

export function stopTimer({ node, effects }: Step): void {
  node.timerRuns = false;
  effects.cancelTimer("view");
}
