import { describeError } from "../errors.ts";
import type { Reporter } from "../ports/index.ts";

/**
 * The reporter, with hooks that never throw: who tells of a run cannot end it. The first failure of each hook is told
 * through the reporter's own log.
 */
export function harmlessReporter(reporter: Reporter): Reporter {
  const failed = new Set<keyof Reporter>();

  function attempt(hook: keyof Reporter, call: () => void): void {
    try {
      call();
    } catch (error) {
      if (failed.has(hook)) return;
      failed.add(hook);
      attempt("onLog", () =>
        reporter.onLog?.(`warning: the reporter failed (${hook}): ${describeError(error)}`),
      );
    }
  }

  return {
    onPhase: (phase, timeNs) => attempt("onPhase", () => reporter.onPhase?.(phase, timeNs)),
    onEvent: (event) => attempt("onEvent", () => reporter.onEvent?.(event)),
    onLog: (message) => attempt("onLog", () => reporter.onLog?.(message)),
  };
}
