import { didYouMean } from "../did-you-mean.ts";
import { UsageError } from "../errors.ts";

/** One `--option key=value` of a target or a workload. Parsing, help and the reference come from this record. */
export interface OptionSpec {
  readonly description: string;
  readonly default: string;
  /** The values that are allowed; any text where absent. */
  readonly values?: readonly string[];
  /** There is no default: the user must say. */
  readonly required?: true;
  /** Says what is wrong with a value, or nothing. */
  readonly problem?: (value: string) => string | undefined;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** The option values of one plug-in, defaults filled in. */
export type OptionValues = Readonly<Record<string, string>>;

/**
 * Fills in the defaults and refuses what the table does not allow.
 * Errors: {@link UsageError} `unknown-option`, `bad-option`, `missing-option`.
 */
export function resolveOptions(owner: string, table: OptionTable, given: OptionValues): OptionValues {
  const names = Object.keys(table);
  for (const [name, value] of Object.entries(given)) {
    // Its own members only: a name that every object inherits, such as toString, is no option.
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    if (spec === undefined) {
      throw new UsageError({
        code: "unknown-option",
        message: `${owner} has no option ${JSON.stringify(name)}`,
        hint:
          names.length === 0
            ? `${owner} takes no options`
            : `${didYouMean(name, names)}it has: ${names.join(", ")}`,
      });
    }
    const problem =
      spec.values && !spec.values.includes(value)
        ? `must be one of ${spec.values.join(", ")}`
        : spec.problem?.(value);
    if (problem !== undefined) {
      throw new UsageError({
        code: "bad-option",
        message: `option ${name} of ${owner} ${problem}, not ${JSON.stringify(value)}`,
        hint: spec.description,
      });
    }
  }
  for (const name of names) {
    if (table[name]?.required !== true || given[name] !== undefined) continue;
    throw new UsageError({
      code: "missing-option",
      message: `${owner} needs the option ${name}`,
      hint: table[name].description,
    });
  }
  return Object.fromEntries(names.map((name) => [name, given[name] ?? (table[name] as OptionSpec).default]));
}
