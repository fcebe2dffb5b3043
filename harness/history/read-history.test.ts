import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../errors.ts";
import { MAX_LINE_LENGTH } from "./formats/line-cutter.ts";
import { readHistory, readHistoryStream } from "./read-history.ts";

const EVENTS = Array.from({ length: 60 }, (_, i) => ({
  type: i % 2 === 0 ? "invoke" : "ok",
  process: 0,
  f: "write",
  key: "schlüssel 🗝",
  value: `wert ${i >> 1}`,
}));
const TEXT = EVENTS.map((event) => `${JSON.stringify(event)}\n`).join("");
const BYTES = Buffer.from(TEXT);

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const read = (bytes: Uint8Array, size = bytes.length) => readHistoryStream(inPieces(bytes, size), "h.jsonl");

async function refusal(promise: Promise<unknown>): Promise<UsageError> {
  const error: unknown = await promise.then(
    () => new Error("accepted"),
    (reason: unknown) => reason,
  );
  if (error instanceof UsageError) return error;
  throw error;
}

describe("bytes", () => {
  test.each([1, 2, 3, 7, 64, 1000, 1_000_000])(
    "are cut into lines and characters right in pieces of %d",
    async (size) => {
      for (const bytes of [BYTES, gzipSync(BYTES)]) {
        const { history, warnings } = await read(bytes, size);
        expect(history.length).toBe(30);
        expect(
          [...history.operations()].every((o) => o.key === "schlüssel 🗝" && o.output === `wert ${o.id}`),
        ).toBe(true);
        expect(warnings).toEqual([]);
      }
    },
  );

  test("cut off anywhere give every whole line before the cut", async () => {
    for (let length = 200; length < 700; length++) {
      const cut = BYTES.subarray(0, length);
      const { history, warnings } = await read(cut, 100);
      const whole = cut.toString("latin1").split("\n").length - 1;
      const lineIsWhole = BYTES[length] === 10;
      expect(history.eventCount).toBe(whole + (lineIsWhole ? 1 : 0));
      expect(warnings.map(({ code }) => code)).toEqual(
        lineIsWhole || cut.at(-1) === 10 ? [] : ["truncated-line"],
      );
    }
  });

  test("gzip cut off anywhere gives a prefix of the events, and says so", async () => {
    const zipped = gzipSync(BYTES);
    let most = 0;
    for (let length = zipped.length - 1; length > 60; length--) {
      const result = await read(zipped.subarray(0, length), 50).catch((error: unknown) => error);
      if (result instanceof UsageError) {
        expect(result.code).toBe("empty-history");
        continue;
      }
      const { history, warnings } = result as Awaited<ReturnType<typeof read>>;
      expect(history.operation(0).input).toBe("wert 0");
      expect(warnings.map(({ code }) => code)).toContain("truncated-gzip");
      most = Math.max(most, history.eventCount);
    }
    expect(most).toBe(EVENTS.length);
  });

  test("in several gzip members are one history", async () => {
    const zipped = Buffer.concat([gzipSync(BYTES.subarray(0, 333)), gzipSync(BYTES.subarray(333))]);
    expect((await read(zipped)).history.eventCount).toBe(EVENTS.length);
  });

  test("of damaged gzip are refused", async () => {
    const zipped = gzipSync(BYTES);
    zipped[40] = 0xff ^ (zipped[40] as number);
    expect((await refusal(read(zipped))).code).toMatch(/^(corrupt-gzip|not-text|not-json)$/);
    const badSum = gzipSync(BYTES);
    badSum[badSum.length - 6] = 0xff ^ (badSum[badSum.length - 6] as number);
    expect(await refusal(read(badSum, 20))).toMatchObject({ code: "corrupt-gzip", exitCode: 64 });
    expect((await refusal(read(Buffer.concat([gzipSync(BYTES), Buffer.from("junk")])))).code).toBe(
      "corrupt-gzip",
    );
  });

  test("with a bad line inside gzip are refused by that line", async () => {
    const error = await refusal(read(gzipSync(Buffer.from(`${TEXT}{"type":"x"}\n${TEXT}`)), 10));
    expect(error).toMatchObject({ code: "bad-type", message: expect.stringContaining("h.jsonl, line 61: ") });
  });

  test.each<[string, Buffer, string]>([
    ["a bad line", Buffer.from("oops\n"), "not-json"],
    ["a bad line in gzip", gzipSync("oops\n"), "not-json"],
    ["damaged gzip", Buffer.concat([gzipSync(BYTES), Buffer.from("junk")]), "corrupt-gzip"],
  ])("that follow %s are not read any more, and their source is closed", async (_, zipped, code) => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield zipped;
      } finally {
        closed = true;
      }
    }
    expect((await refusal(readHistoryStream(endless(), "h.jsonl"))).code).toBe(code);
    await expect.poll(() => closed, { timeout: 4000 }).toBe(true);
  });

  test("with NUL are no text", async () => {
    const error = await refusal(read(Buffer.from(`${TEXT}\0\n`), 100));
    expect(error).toMatchObject({
      code: "not-text",
      message: "h.jsonl, line 61: expected UTF-8 text, found a NUL byte",
    });
  });

  test.each([
    ["in a line", '{"type":"invoke","process":0,"f":"read","value":"\xff"}\n'],
    ["in the last line", '{"type":"invoke","process":0,"f":"read","value":"\xff"}'],
  ])("that are not UTF-8 are refused: %s", async (_, line) => {
    const bytes = Buffer.concat([BYTES, Buffer.from(line, "latin1")]);
    for (const size of [10, 100_000]) {
      const error = await refusal(read(bytes, size));
      expect(error).toMatchObject({ code: "not-text", message: expect.stringContaining("line 61") });
    }
  });

  test("of nothing are refused", async () => {
    expect((await refusal(read(Buffer.alloc(0)))).code).toBe("empty-history");
    expect((await refusal(read(gzipSync("")))).code).toBe("empty-history");
    expect((await refusal(read(Buffer.from([0x1f])))).code).toBe("not-json");
  });
});

describe("a line without end", () => {
  /** 64 KiB a piece, counted. */
  function endless(prefix: string) {
    const piece = Buffer.alloc(64 * 1024, "x");
    const source = { pieces: 0, closed: false };
    async function* bytes(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from(prefix);
        for (; source.pieces * piece.length < 100 * 2 ** 20; source.pieces++) yield piece;
      } finally {
        source.closed = true;
      }
    }
    return { source, bytes: bytes() };
  }

  test("is refused as soon as it is too long, and its source closed", async () => {
    const { source, bytes } = endless(`${TEXT}{"type":"`);
    const error = await refusal(readHistoryStream(bytes, "h.jsonl"));
    expect(error).toMatchObject({ code: "line-too-long", message: "h.jsonl, line 61: longer than 16 MiB" });
    expect(source.pieces * 64 * 1024).toBeLessThan(MAX_LINE_LENGTH + 2 ** 20);
    expect(source.closed).toBe(true);
  });

  test("is refused when it hides in gzip", async () => {
    const zipped = gzipSync(Buffer.alloc(100 * 2 ** 20, "x"), { level: 1 });
    expect((await refusal(read(zipped, 1000))).code).toBe("line-too-long");
  });

  test("may be as long as the bound", async () => {
    const line = JSON.stringify({ type: "invoke", process: 0, f: "write", value: "x" });
    const long = line.replace('"x"', `"${"x".repeat(MAX_LINE_LENGTH - line.length + 1)}"`);
    expect(long.length).toBe(MAX_LINE_LENGTH);
    expect((await read(Buffer.from(`${long}\n`), 2 ** 20)).history.length).toBe(1);
    expect((await refusal(read(Buffer.from(`${long} \n`), 2 ** 20))).code).toBe("line-too-long");
    expect((await refusal(read(Buffer.from(`\n${long} \n`)))).code).toBe("line-too-long");
  });
});

describe("files", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-read-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("are known by what they hold, not by what they are called", async () => {
    await writeFile(join(folder, "plain.gz"), BYTES);
    await writeFile(join(folder, "zipped.jsonl"), gzipSync(BYTES));
    for (const name of ["plain.gz", "zipped.jsonl"]) {
      expect((await readHistory(join(folder, name))).history.length).toBe(30);
    }
  });

  test("that are not there, or are folders, are refused with what to do", async () => {
    const missing = join(folder, "missing.jsonl");
    expect(await refusal(readHistory(missing))).toMatchObject({
      code: "file-not-found",
      message: `there is no file ${missing}`,
      exitCode: 64,
    });
    expect((await refusal(readHistory(join(folder, "plain.gz", "x")))).code).toBe("file-not-found");
    expect(await refusal(readHistory(folder))).toMatchObject({ code: "is-a-directory" });
  });

  test.each([
    ["EACCES", "permission-denied"],
    ["EPERM", "permission-denied"],
    ["EIO", "unreadable-file"],
  ])("that fail with %s are refused as %s", async (code, expected) => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield BYTES;
      throw Object.assign(new Error(`${code}: read failed`), { code, syscall: "read" });
    }
    expect((await refusal(readHistoryStream(failing(), "h.jsonl"))).code).toBe(expected);
  });

  test("a bug on the way is not taken for a bad file", async () => {
    async function* buggy(): AsyncGenerator<Uint8Array> {
      yield BYTES;
      throw new TypeError("x is not a function");
    }
    await expect(readHistoryStream(buggy(), "h.jsonl")).rejects.toThrow(TypeError);
  });
});
