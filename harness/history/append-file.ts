import { closeSync, openSync, writeSync } from "node:fs";

/** A file that grows at its end, written without going through the event loop. */
export interface AppendFile {
  /** Writes some of the bytes, at least one, and answers how many. */
  write(bytes: Uint8Array): number;
  close(): void;
}

/** Makes a new file; one that is there already holds another run's history and is not touched (`EEXIST`). */
export function createAppendFile(path: string): AppendFile {
  const descriptor = openSync(path, "wx");
  return {
    write: (bytes) => writeSync(descriptor, bytes),
    close: () => closeSync(descriptor),
  };
}
