import { Command as CommanderCommand, CommanderError, Option, type OutputConfiguration } from "commander";
import { UsageError } from "../harness/errors.ts";
import { ExitCode } from "../harness/exit-codes.ts";
import type { Command, Given, OptionDefinition, Surroundings } from "./command.ts";
import { commandsFor } from "./commands/index.ts";
import type { Parser } from "./parse.ts";
import { printErrorAsJson } from "./print-error.ts";
import { assayVersion } from "./version.ts";

/** Parses the command line, runs the command and resolves with its exit code. */
export async function runProgram(surroundings: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.valid;
  const { console } = surroundings;
  const program = makeProgram(
    await commandsFor(surroundings.argv),
    (command, args, options) =>
      command.run(args, options, surroundings).then((code) => {
        exitCode = code;
      }),
    {
      writeOut: (text) => console.out(text.trimEnd()),
      writeErr: (text) => console.err(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, "assay: ")),
    },
  );
  try {
    await program.parseAsync([...surroundings.argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return ExitCode.valid;
    if (surroundings.argv.includes("--json"))
      printErrorAsJson(console, { code: "usage", message: error.message });
    return ExitCode.usage;
  }
  return exitCode;
}

type Action = (command: Command, args: readonly (string | undefined)[], options: Given) => Promise<void>;

/** The commander program of some commands. */
export function makeProgram(
  commands: readonly Command[],
  action: Action,
  output: OutputConfiguration = {},
): CommanderCommand {
  const program = new CommanderCommand("assay")
    .configureOutput(output)
    .description("Finds out what consistency a data store really gives.")
    .version(assayVersion(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .showHelpAfterError("(assay --help shows the commands and options)")
    .exitOverride();
  for (const definition of commands) {
    const child = program
      .command(definition.name)
      .summary(definition.summary)
      .description(definition.details ? `${definition.summary}\n\n${definition.details}` : definition.summary)
      .allowExcessArguments(false)
      .showHelpAfterError(`(assay ${definition.name} --help shows its options)`);
    for (const { syntax, description } of definition.arguments) child.argument(syntax, description);
    for (const option of Object.values(definition.options)) child.addOption(commanderOption(option));
    child.action(async (...received: unknown[]) => {
      // The last argument may take several values, which come as an array.
      const args = received.slice(0, definition.arguments.length).flat() as (string | undefined)[];
      await action(definition, args, optionValues(definition, child.opts()));
    });
  }
  return program;
}

function commanderOption(definition: OptionDefinition<unknown>): Option {
  const note = definition.defaultNote === undefined ? "" : ` (default: ${definition.defaultNote})`;
  const option = new Option(definition.flags, `${definition.description}${note}`);
  if (definition.parse !== undefined) option.argParser(argumentParser(definition, definition.parse));
  if (definition.repeatable) option.default([], "none");
  else if (definition.default !== undefined) option.default(definition.default);
  return option;
}

function argumentParser(definition: OptionDefinition<unknown>, parse: Parser<unknown>) {
  const name = definition.flags.replace(/ .*/, "");
  return (text: string, previous: unknown): unknown =>
    definition.repeatable ? [...(previous as unknown[]), parse(text, name)] : { parsed: parse(text, name) };
}

/** Commander keeps what the user gave as parsed, and a default as its text, which is parsed here. */
function optionValues(definition: Command, raw: Readonly<Record<string, unknown>>): Given {
  return Object.fromEntries(
    Object.entries(definition.options).map(([name, option]): [string, unknown] => {
      const value = raw[camelCase(option.flags)];
      if (option.parse === undefined) return [name, value === true];
      if (option.repeatable) return [name, value];
      if (typeof value === "object" && value !== null && "parsed" in value) return [name, value.parsed];
      if (option.default === undefined) return [name, undefined];
      return [name, option.parse(option.default, option.flags.replace(/ .*/, ""))];
    }),
  );
}

function camelCase(flags: string): string {
  const name = /--([a-z-]+)/.exec(flags)?.[1];
  if (name === undefined) throw new UsageError({ code: "bad-flags", message: `no long flag in ${flags}` });
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
