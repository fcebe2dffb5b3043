import type { Context, Generator, GeneratorEvent } from "./generator.ts";

/** Tells all of an event. The same array where none has changed, which is nearly always: events come twice per operation. */
export function updateAll(
  generators: readonly Generator[],
  context: Context,
  event: GeneratorEvent,
): readonly Generator[] {
  let updated: Generator[] | undefined;
  for (let index = 0; index < generators.length; index++) {
    const generator = generators[index] as Generator;
    const next = generator.update(context, event);
    if (next === generator) continue;
    updated ??= [...generators];
    updated[index] = next;
  }
  return updated ?? generators;
}
