import { describeError } from "../errors.ts";
import type { Reporter } from "../ports/index.ts";

/**
 * The reporter, kept from doing harm: what a hook throws is told once, to `onFailure`, and that hook is not called any
 * more. Nothing that draws or prints can change a run.
 */
export function unfailing(reporter: Reporter, onFailure: (message: string) => void): Required<Reporter> {
  const guard = <Arguments extends unknown[]>(
    name: string,
    hook: ((...args: Arguments) => void) | undefined,
  ) => {
    let failed = hook === undefined;
    return (...args: Arguments): void => {
      if (failed) return;
      try {
        hook?.apply(reporter, args);
      } catch (error) {
        failed = true;
        onFailure(`a reporter failed in ${name} and is not called there any more: ${describeError(error)}`);
      }
    };
  };
  return {
    onPhase: guard("onPhase", reporter.onPhase),
    onEvent: guard("onEvent", reporter.onEvent),
    onLog: guard("onLog", reporter.onLog),
  };
}
