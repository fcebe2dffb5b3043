import type { Writable } from "node:stream";
import type { ExitCode } from "../harness/exit-codes.ts";
import type { Console } from "./console.ts";
import type { Parser } from "./parse.ts";

/** One option of a command. Parsing, help and the reference page come from this record. */
export interface OptionDefinition<T> {
  /** As in help: `--seed <integer>`, or `--json` for a switch. */
  readonly flags: string;
  readonly description: string;
  /** Absent for a switch. */
  readonly parse?: Parser<T>;
  /** As the user would type it. */
  readonly default?: string;
  /** What help says of the default where it depends on other things. */
  readonly defaultNote?: string;
  /** May be given several times; the values come as an array. */
  readonly repeatable?: boolean;
}

/** The options of a command, by the name under which `run` gets their values. */
export type CommandOptions = Readonly<Record<string, OptionDefinition<unknown>>>;

/** What a command may touch of the process around it. */
export interface Surroundings {
  readonly console: Console;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The command line as it was given, for the manifest. */
  readonly argv: readonly string[];
  readonly stdin: AsyncIterable<Uint8Array>;
  /** For results that are no text for people; everything else goes through `console`. */
  readonly stdout: Writable;
}

/** One command: a record from which the command line, the help and the reference page are made. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** More for `--help`: a paragraph and examples. */
  readonly details?: string;
  /** As commander spells them: `[target]`, `<file>`. */
  readonly arguments: readonly { readonly syntax: string; readonly description: string }[];
  readonly options: CommandOptions;
  run(args: readonly (string | undefined)[], options: Given, surroundings: Surroundings): Promise<ExitCode>;
}

/** Parsed option values by name; absent where the user gave none and there is no default. */
export type Given = Readonly<Record<string, unknown>>;

/** The values of a table of options. */
export type ValuesOf<T extends CommandOptions> = {
  readonly [Name in keyof T]: T[Name] extends OptionDefinition<infer V>
    ? T[Name] extends { readonly repeatable: true }
      ? readonly V[]
      : T[Name] extends { readonly parse: unknown }
        ? T[Name] extends { readonly default: string }
          ? V
          : V | undefined
        : boolean
    : never;
};

/**
 * Defines a command whose `run` gets its options typed from the table. The cast is sound because values are made by
 * the table's own parsers.
 */
export function command<T extends CommandOptions>(
  definition: Omit<Command, "options" | "run"> & {
    readonly options: T;
    run(
      args: readonly (string | undefined)[],
      options: ValuesOf<T>,
      surroundings: Surroundings,
    ): Promise<ExitCode>;
  },
): Command {
  return {
    ...definition,
    run: (args, options, surroundings) => definition.run(args, options as ValuesOf<T>, surroundings),
  };
}

/** `--json`: on every command. */
export const jsonOption = {
  json: { flags: "--json", description: "print the result as JSON on stdout" },
} as const satisfies CommandOptions;
