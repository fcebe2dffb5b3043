import type { GeneratedOperation, Generator, GeneratorEvent } from "../generator.ts";
import { type Simulation, simulate } from "../simulate.ts";
import { perfect } from "../simulated-completions.ts";

/** Simulates a generator, by default with one client whose operations succeed after 10 ns, and keeps the invocations. */
export function invocations(
  generator: Generator,
  options: Partial<Simulation> = {},
): readonly GeneratorEvent[] {
  return simulated(generator, options).filter(({ type }) => type === "invoke");
}

/** Simulates a generator, by default with one client whose operations succeed after 10 ns. */
export function simulated(
  generator: Generator,
  options: Partial<Simulation> = {},
): readonly GeneratorEvent[] {
  return simulate(generator, { concurrency: 1, seed: 1, complete: perfect, ...options });
}

/** Everything that a simulation takes from a generator, sleeps and log lines included. */
export function emissions(
  generator: Generator,
  options: Partial<Simulation> = {},
): readonly GeneratedOperation[] {
  const taken: GeneratedOperation[] = [];
  simulated(generator, { ...options, onEmission: (operation) => taken.push(operation) });
  return taken;
}

/** What the operations are called, in order. */
export function names(events: readonly GeneratorEvent[]): readonly string[] {
  return events.map(({ f }) => f);
}
