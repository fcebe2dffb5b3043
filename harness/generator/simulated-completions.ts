import type { CompletionType } from "../history/operation.ts";
import type { GeneratorEvent } from "./generator.ts";
import type { SimulatedCompletion } from "./simulate.ts";

/** The latency of all of these, in nanoseconds. */
const LATENCY_NS = 10;

const CYCLE: readonly CompletionType[] = ["fail", "info", "ok"];

/** Every operation completes with `ok` after 10 ns. For {@link simulate}, as the other two. */
export function perfect(): SimulatedCompletion {
  return { type: "ok", latencyNs: LATENCY_NS };
}

/** Every operation crashes with `info` after 10 ns; those of the nemesis complete with `ok`. */
export function perfectInfo(invocation: GeneratorEvent): SimulatedCompletion {
  return { type: invocation.process === "nemesis" ? "ok" : "info", latencyNs: LATENCY_NS };
}

/** The operations of each thread fail, crash and succeed in turn, each after 10 ns; those of the nemesis succeed. */
export function imperfect(
  invocation: GeneratorEvent,
  _random: unknown,
  ordinal: number,
): SimulatedCompletion {
  const type = invocation.process === "nemesis" ? "ok" : (CYCLE[ordinal % CYCLE.length] as CompletionType);
  return { type, latencyNs: LATENCY_NS };
}
