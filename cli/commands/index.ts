import type { Command } from "../command.ts";

/** Every command, in the order of the help. Each is loaded where it is asked for: most need little of the program. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./run.ts")).run,
  hunt: async () => (await import("./hunt.ts")).hunt,
  replay: async () => (await import("./replay.ts")).replay,
  shrink: async () => (await import("./shrink.ts")).shrink,
  check: async () => (await import("./check.ts")).check,
  convert: async () => (await import("./convert.ts")).convert,
  list: async () => (await import("./list.ts")).list,
  doctor: async () => (await import("./doctor.ts")).doctor,
  clean: async () => (await import("./clean.ts")).clean,
  demo: async () => (await import("./demo.ts")).demo,
};

/** The command that a command line asks for, or all of them where it asks for none, for help, or for one that is not there. */
export function commandsFor(argv: readonly string[]): Promise<readonly Command[]> {
  const [name = ""] = argv;
  const wanted = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  return Promise.all(wanted === undefined ? Object.values(loaders).map((load) => load()) : [wanted()]);
}
