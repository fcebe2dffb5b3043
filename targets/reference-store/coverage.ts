import type { Json } from "../../harness/history/operation.ts";
import type { RunObserver } from "../../harness/ports/observer.ts";
import type { NodeEvent, Protocol } from "./frame.ts";
import type { StepObserver } from "./simulated-program.ts";

/**
 * Tells an observer which states nodes are in when they handle what: `leader: AppendEntriesResponse`. Absent where
 * nobody counts them. Cost: O(1) a step beside the protocol's own `phase`.
 */
export function coverageObserver<State>(
  { phase, leads }: Pick<Protocol<State, Json>, "phase" | "leads">,
  observer: RunObserver | undefined,
): StepObserver<State, Json> | undefined {
  if (observer?.covered === undefined) return undefined;
  const covered = observer.covered.bind(observer);
  const phaseOf = phase ?? ((state: State) => (leads?.(state) ? "leads" : "runs"));
  return ({ state, event }) => covered(`${phaseOf(state)}: ${nameOf(event)}`);
}

function nameOf(event: NodeEvent<Json> | undefined): string {
  switch (event?.type) {
    case undefined:
      return "start";
    case "message":
      return typeOf(event.message);
    case "timer":
      return event.name;
    case "request":
      return event.request.f;
    case "operator":
      return event.command.type;
  }
}

/** What messages are called by whoever names them so. */
function typeOf(message: Json): string {
  if (message === null || typeof message !== "object" || !("type" in message)) return "message";
  return typeof message["type"] === "string" ? message["type"] : "message";
}
