import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EnvironmentError, UsageError } from "../errors.ts";
import type { AppendFile } from "./append-file.ts";
import { formatEvent } from "./format-event.ts";
import { createRecorder, JsonlRecorder } from "./jsonl-recorder.ts";
import type { EventType, Json } from "./operation.ts";
import { MemoryRecorder, type Recorder, type UnrecordedEvent } from "./recorder.ts";

const event = (type: EventType, process: number, value: Json = null): UnrecordedEvent => ({
  time: 0,
  type,
  process,
  f: "write",
  key: "x",
  value,
});

/** A file in memory that takes at most `atOnce` bytes a write and fails with ENOSPC at `capacity`. */
function memoryFile({ atOnce = Infinity, capacity = Infinity } = {}) {
  const file = { text: "", writes: 0, closed: 0 };
  const append: AppendFile = {
    write(bytes) {
      file.writes++;
      const room = Math.min(bytes.length, atOnce, capacity - file.text.length);
      if (room <= 0) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
      file.text += Buffer.from(bytes.subarray(0, room)).toString("latin1");
      return room;
    },
    close: () => {
      file.closed++;
    },
  };
  return { file, recorder: new JsonlRecorder("h.jsonl", append) };
}

describe.each<[string, () => Recorder]>([
  ["JsonlRecorder", () => memoryFile().recorder],
  ["MemoryRecorder", () => new MemoryRecorder()],
])("every recorder: %s", (_, make) => {
  test("numbers the events and keeps the history", () => {
    const recorder = make();
    expect(recorder.append(event("invoke", 0, 1))).toEqual({ index: 0, ...event("invoke", 0, 1) });
    expect(recorder.append(event("ok", 0, 1)).index).toBe(1);
    expect([recorder.eventCount, recorder.keys]).toEqual([2, ["x"]]);
    recorder.close();
    recorder.close();
    expect(recorder.history().operation(0)).toMatchObject({ input: 1, output: 1, type: "ok" });
  });

  test("takes it for a bug when an event does not fit or comes after the end", () => {
    const recorder = make();
    recorder.append(event("invoke", 0));
    expect(() => recorder.append(event("invoke", 0))).toThrow(
      "event 1 does not fit: process 0 invokes write while",
    );
    expect(() => recorder.append({ ...event("ok", 0), time: 0.5 })).toThrow("no whole number of ns: 0.5");
    recorder.close();
    expect(() => recorder.append(event("ok", 0))).toThrow("closed");
    expect(recorder.eventCount).toBe(1);
  });

  test("refuses values of clients that a file could not hold", () => {
    const recorder = make();
    recorder.append(event("invoke", 0));
    const append = () => recorder.append(event("ok", 0, 2 ** 53));
    expect(append).toThrow(UsageError);
    expect(append).toThrow("write of process 0 (ok, event 1): the number 9007199254740992 lies outside");
    expect(recorder.append(event("ok", 0)).index).toBe(1);
  });
});

describe("JsonlRecorder", () => {
  test("writes nothing before it is flushed, and then every line in order", () => {
    const { file, recorder } = memoryFile();
    const lines = [event("invoke", 0, 1), event("invoke", 1, 2), event("ok", 0, 1)].map((each) =>
      formatEvent(recorder.append(each)),
    );
    expect(file.text).toBe("");
    recorder.flush();
    recorder.flush();
    expect(file).toMatchObject({ text: lines.join(""), writes: 1 });
    expect(recorder.bytesWritten).toBe(file.text.length);
  });

  test("writes by itself when 64 KiB have gathered", () => {
    const { file, recorder } = memoryFile();
    for (let i = 0; file.writes === 0; i++) recorder.append(event("invoke", i, "x".repeat(1000)));
    expect(file.text.length).toBeGreaterThanOrEqual(64 * 1024);
    expect(file.text.length).toBeLessThan(64 * 1024 + 2000);
    expect(file.text.endsWith("}\n")).toBe(true);
  });

  test("goes on where a short write stopped, in the middle of a character too", () => {
    const { file, recorder } = memoryFile({ atOnce: 7 });
    const lines = [0, 1, 2].map((i) => formatEvent(recorder.append(event("invoke", i, "🗝️ü"))));
    recorder.close();
    expect(Buffer.from(file.text, "latin1").toString("utf8")).toBe(lines.join(""));
  });

  test("flushes when it is closed, and closes its file once", () => {
    const { file, recorder } = memoryFile();
    recorder.append(event("invoke", 0));
    recorder.close();
    recorder.close();
    expect(file.closed).toBe(1);
    expect(file.text).toContain('"index":0');
  });

  test("on a full disk says how far it came and what to do, and never writes past the gap", () => {
    const { file, recorder } = memoryFile({ capacity: 100 });
    const lines = [0, 1].map((i) => formatEvent(recorder.append(event("invoke", i))));
    const failure = (() => {
      try {
        recorder.flush();
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(failure).toBeInstanceOf(EnvironmentError);
    expect(failure).toMatchObject({
      code: "history-write-failed",
      message: "cannot write the history to h.jsonl after 100 bytes: ENOSPC: no space left on device",
      hint: "free some space on that disk; what was written so far can still be checked",
      exitCode: 4,
    });
    expect(() => recorder.append(event("ok", 0))).toThrow("after 100 bytes");
    expect(() => recorder.flush()).toThrow("after 100 bytes");
    recorder.close();
    expect(file).toMatchObject({ closed: 1, text: lines.join("").slice(0, 100) });
  });

  test("closes its file even where the last flush fails", () => {
    const { file, recorder } = memoryFile({ capacity: 10 });
    recorder.append(event("invoke", 0));
    expect(() => recorder.close()).toThrow("after 10 bytes");
    expect(file.closed).toBe(1);
  });
});

describe("createRecorder", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-record-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("records into a new file", async () => {
    const path = join(folder, "new.jsonl");
    const recorder = createRecorder(path);
    const line = formatEvent(recorder.append(event("invoke", 0)));
    recorder.flush();
    expect(await readFile(path, "utf8")).toBe(line);
    recorder.close();
  });

  test("does not touch the history of another run", async () => {
    const path = join(folder, "old.jsonl");
    await writeFile(path, "precious");
    expect(() => createRecorder(path)).toThrowError(
      expect.objectContaining({
        code: "history-write-failed",
        hint: expect.stringContaining("another history"),
      }),
    );
    expect(await readFile(path, "utf8")).toBe("precious");
  });

  test("says what is wrong when the file cannot be made", () => {
    const path = join(folder, "no", "such", "folder.jsonl");
    expect(() => createRecorder(path)).toThrowError(
      expect.objectContaining({ code: "history-write-failed", hint: "create the folder first", exitCode: 4 }),
    );
    expect(existsSync(path)).toBe(false);
  });
});
