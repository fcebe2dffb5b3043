import type { Generator } from "./generator.ts";

/** The exhausted generator: it has no operation, now or ever. */
export const nothing: Generator = {
  op: () => "done",
  update: () => nothing,
};
