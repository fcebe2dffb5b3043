/** What a stream says whose reader went away: `assay list | head`. That is no failure, and no reason to stop. */
const CODES: ReadonlySet<unknown> = new Set(["EPIPE", "ERR_STREAM_DESTROYED", "ERR_STREAM_PREMATURE_CLOSE"]);

export function isReaderGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && CODES.has(error.code);
}
