/** How a replayed history compares with the recorded one. */
export type Comparison =
  | { readonly is: "same"; readonly events: number }
  /** The recorded run was ended early, and what it recorded is the beginning of the replay. */
  | { readonly is: "beginning"; readonly events: number; readonly recordedEvents: number }
  | {
      readonly is: "different";
      /** The first event that differs. */
      readonly event: number;
      /** Its line in either history; `undefined` where that one is over. */
      readonly recorded: string | undefined;
      readonly replayed: string | undefined;
    };

/**
 * Compares the bytes of two histories, event by event.
 *
 * `endedEarly`: how the recorded run ended, where it did not reach its end: a killed one breaks off, perhaps within a
 * line; an interrupted one invokes nothing any more. Cost: O(size of both).
 */
export function compareHistories(
  recorded: string,
  replayed: string,
  endedEarly: "killed" | "interrupted" | undefined,
): Comparison {
  const before = linesOf(recorded);
  const after = linesOf(replayed);
  if (endedEarly === "killed" && !recorded.endsWith("\n")) before.pop();
  let event = 0;
  while (event < before.length && before[event] === after[event]) event++;
  if (event === before.length && event === after.length) return { is: "same", events: event };
  if (endedEarly !== undefined && event > 0 && before.slice(event).every(isNoInvocation)) {
    return { is: "beginning", events: event, recordedEvents: before.length };
  }
  return { is: "different", event, recorded: before[event], replayed: after[event] };
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Completions of what was under way, and the final heal. */
function isNoInvocation(line: string): boolean {
  return !line.includes('"type":"invoke","process":') || line.includes('"process":"nemesis"');
}
