import { lstat, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EnvironmentError } from "../harness/errors.ts";

/** The files of a run's folder, by what they hold. */
export const RunFile = {
  manifest: "manifest.json",
  history: "history.jsonl",
  /** The recorded load that clients repeat, where they do. */
  script: "operations.jsonl",
  verdict: "verdict.json",
  report: "report.txt",
  /** Every message and whatever happened to nodes, one a line; the same as a diagram. Of a shrunk run. */
  messages: "messages.jsonl",
  story: "story.txt",
  /** How far a hunt is; in the folder of a hunt. */
  hunt: "hunt.json",
  logs: "logs",
} as const;

/** The folder under which runs are kept, where the user names no other. */
export const RESULTS_FOLDER = "assay-results";

const LATEST = "latest";

/**
 * Makes `<parent>/<time>-<target>-<workload>/` and points `<parent>/latest` at it. Two runs within a second get
 * different folders. Errors: {@link EnvironmentError} `results-not-writable`.
 */
export async function makeRunFolder(
  parent: string,
  run: { startedAt: Date; target: string; workload: string },
): Promise<string> {
  const folder = await makeNewFolder(parent, `${timeOf(run.startedAt)}-${run.target}-${run.workload}`);
  return writing(folder, async () => {
    await mkdir(join(folder, RunFile.logs));
    await pointLatest(parent, folder);
    return folder;
  });
}

/** Makes `<parent>/<time>-<target>-hunt/`. Errors: {@link EnvironmentError} `results-not-writable`. */
export function makeHuntFolder(parent: string, hunt: { startedAt: Date; target: string }): Promise<string> {
  return makeNewFolder(parent, `${timeOf(hunt.startedAt)}-${hunt.target}-hunt`);
}

/** `20261121T042300Z` */
function timeOf(startedAt: Date): string {
  return startedAt.toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z");
}

/** A folder that was not there, with a number where the name is taken. */
function makeNewFolder(parent: string, name: string): Promise<string> {
  return writing(parent, async () => {
    await mkdir(parent, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const folder = join(parent, attempt === 1 ? name : `${name}-${attempt}`);
      if (await madeNew(folder)) return folder;
    }
  });
}

/**
 * Lets `fill` fill a folder that gets its name when all is in it, and takes the place of one of that name. Errors:
 * {@link EnvironmentError} `results-not-writable`; whatever `fill` throws.
 */
export async function replaceFolder(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const partial = join(dirname(folder), `.${basename(folder)}.part`);
  await writing(partial, async () => {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
  });
  await fill(partial);
  await writing(folder, async () => {
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  });
}

/**
 * Writes a file that is the old or the new one, whole, whenever the process is killed. Errors: {@link EnvironmentError}
 * `results-not-writable`.
 */
export function replaceRunFile(folder: string, file: string, text: string): Promise<void> {
  const path = join(folder, file);
  const partial = join(folder, `.${file}.part`);
  return writing(path, async () => {
    await writeFile(partial, text, { flush: true });
    await rename(partial, path);
  });
}

/** Writes a file of a run's folder whole. Errors: {@link EnvironmentError} `results-not-writable`. */
export function writeRunFile(folder: string, file: string, text: string): Promise<void> {
  return writing(join(folder, file), () => writeFile(join(folder, file), text));
}

async function madeNew(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Replaces the link in one step, so that whoever looks always finds one; never replaces what is no link. */
async function pointLatest(parent: string, folder: string): Promise<void> {
  const latest = join(parent, LATEST);
  const present = await linkStatus(latest);
  if (present === "no link") return;
  const target = basename(folder);
  const fresh = join(parent, `.${LATEST}-${target}`);
  try {
    await symlink(target, fresh, "dir");
  } catch (error) {
    // Some file systems have no links; the run's folder is named in its output all the same.
    if (NO_LINKS.has((error as NodeJS.ErrnoException).code ?? "")) return;
    throw error;
  }
  await rename(fresh, latest);
}

const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

async function linkStatus(path: string): Promise<"absent" | "link" | "no link"> {
  try {
    return (await lstat(path)).isSymbolicLink() ? "link" : "no link";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "absent";
    throw error;
  }
}

async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw new EnvironmentError({
      code: "results-not-writable",
      message: `cannot write ${path}: ${(cause as Error).message}`,
      hint: "free disk space, or choose another folder with --out DIR",
      cause,
    });
  }
}
