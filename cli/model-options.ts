import { type FailedCas, MODEL_OPTIONS, models, type NilReads } from "../checkers/index.ts";
import type { CommandOptions } from "./command.ts";
import { json, oneOf, text } from "./parse.ts";

const { init, failedCas, nilReads } = MODEL_OPTIONS;

/** The model and the options of meaning, for every command that judges a file. */
export const modelOptions = {
  model: {
    flags: "--model <name>",
    description: `what the operations mean: ${Object.keys(models).join(", ")}`,
    parse: text,
    defaultNote: "the run's; required for a file",
  },
  init: { ...textsOf(init, "json"), parse: json },
  failedCas: {
    ...textsOf(failedCas, "meaning"),
    parse: oneOf<FailedCas>("meaning", failedCas.choices),
  },
  nilReads: {
    ...textsOf(nilReads, "meaning"),
    parse: oneOf<NilReads>("meaning", nilReads.choices),
  },
} as const satisfies CommandOptions;

function textsOf(option: (typeof MODEL_OPTIONS)[keyof typeof MODEL_OPTIONS], value: string) {
  const { flag, description, defaultNote } = option;
  return { flags: `${flag} <${value}>`, description, defaultNote };
}
