import { lstat, mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EnvironmentError } from "../harness/errors.ts";

/** The files of a run's folder, by what they hold. */
export const RunFile = {
  manifest: "manifest.json",
  history: "history.jsonl",
  /** The recorded load that clients repeat, where they do. */
  script: "operations.jsonl",
  verdict: "verdict.json",
  report: "report.txt",
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
  const time = run.startedAt.toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z");
  const name = `${time}-${run.target}-${run.workload}`;
  return writing(parent, async () => {
    await mkdir(parent, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const folder = join(parent, attempt === 1 ? name : `${name}-${attempt}`);
      if (await madeNew(folder)) {
        await mkdir(join(folder, RunFile.logs));
        await pointLatest(parent, folder);
        return folder;
      }
    }
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
