import type { CommandOptions, OptionDefinition, ValuesOf } from "../command.ts";
import { duration, integer, text } from "../parse.ts";
import { runOptions } from "../run-options.ts";
import type { FixedOptions } from "./hunt-spec.ts";

/** An option of `assay run` that varies from seed to seed unless it is given. */
function varying<T>(option: OptionDefinition<T>) {
  const { flags, description, parse } = option;
  return { flags, description, parse, defaultNote: "varies" } as OptionDefinition<T> & {
    readonly parse: NonNullable<OptionDefinition<T>["parse"]>;
  };
}

/** The options of a run that a hunt can fix. */
const fixable = {
  workload: { ...varying(runOptions.workload), defaultNote: "what shows what is judged" },
  consistency: { ...varying(runOptions.consistency), defaultNote: "what the target promises" },
  maxStaleness: { ...varying(runOptions.maxStaleness), defaultNote: "what the target promises" },
  nodes: varying(runOptions.nodes),
  concurrency: varying(runOptions.concurrency),
  rate: varying(runOptions.rate),
  burst: varying(runOptions.burst),
  load: {
    flags: "--load <duration>",
    description: "how long the load of each run lasts, in simulated time",
    parse: duration,
    defaultNote: "varies",
  },
  recovery: { ...varying(runOptions.recovery), defaultNote: runOptions.recovery.default },
  opTimeout: varying(runOptions.opTimeout),
  nemesis: varying(runOptions.nemesis),
  nemesisAfter: varying(runOptions.nemesisAfter),
  nemesisUntil: varying(runOptions.nemesisUntil),
  nemesisInterval: varying(runOptions.nemesisInterval),
  option: runOptions.option,
  protocol: { ...varying(runOptions.protocol), defaultNote: "the target's" },
  bug: { ...varying(runOptions.bug), defaultNote: "none" },
  keys: varying(runOptions.keys),
  opsPerKey: varying(runOptions.opsPerKey),
  waive: runOptions.waive,
} as const satisfies CommandOptions;

export const huntOptions = {
  seeds: {
    flags: "--seeds <count>",
    description: "how many seeds to run at most",
    parse: integer(1, 1_000_000_000),
    defaultNote: "1000",
  },
  seed: {
    flags: "--seed <integer>",
    description: "the first seed; the others follow",
    parse: integer(0),
    defaultNote: "1",
  },
  time: {
    flags: "--time <duration>",
    description: "for how long seeds are begun",
    parse: duration,
    defaultNote: "until all are done",
  },
  workers: {
    flags: "--workers <count>",
    description: "seeds that run at the same time, each on a thread",
    parse: integer(1, 256),
    defaultNote: "one for each core",
  },
  keepGoing: { flags: "--keep-going", description: "go on after a violation, and keep every one" },
  resume: {
    flags: "--resume <folder>",
    description: "go on with a hunt where it was; its own options stand",
    parse: text,
  },
  ...fixable,
  out: { ...runOptions.out, description: "where the hunt's folder is kept" },
} as const satisfies CommandOptions;

export type HuntOptions = ValuesOf<typeof huntOptions>;

/** What the user fixed; what was not given is absent. */
export function fixedOptions(options: HuntOptions): FixedOptions {
  const given = Object.keys(fixable).flatMap((name): [string, unknown][] => {
    const value = options[name as keyof typeof fixable];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    return [[name === "load" ? "time" : name, value]];
  });
  return Object.fromEntries(given) as FixedOptions;
}
