import { describeError, EnvironmentError } from "../errors.ts";

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "free some space on that disk",
  EDQUOT: "free some of your quota",
  EACCES: "choose a folder that you may write to",
  EPERM: "choose a folder that you may write to",
  EROFS: "choose a folder on a disk that can be written to",
  ENOENT: "create the folder first",
  EEXIST: "it holds another history: remove it or choose another name",
  EISDIR: "that is a folder: give the name of a file",
};

/** A history that could not be written, and how far that came. `isKept`: whether what was written is still there. */
export function historyWriteError(
  path: string,
  bytesWritten: number,
  cause: unknown,
  { isKept }: { readonly isKept: boolean },
): EnvironmentError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return new EnvironmentError({
    code: "history-write-failed",
    message: `cannot write the history to ${path} after ${bytesWritten} bytes: ${describeError(cause)}`,
    hint: `${HINTS[code] ?? "is the disk in order?"}${isKept && bytesWritten > 0 ? "; what was written so far can still be checked" : ""}`,
    cause,
  });
}
