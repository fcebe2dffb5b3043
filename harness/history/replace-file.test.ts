import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replaceFile } from "./replace-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-replace-"));
});
afterEach(() => rm(folder, { recursive: true }));

const path = (name: string) => join(folder, name);
const put = (name: string, text: string, options = {}) =>
  replaceFile(path(name), options, (file) => pipeline(Readable.from([text]), file));

test("a file has its name when all of it is written", async () => {
  await replaceFile(path("a"), {}, async (file) => {
    await pipeline(Readable.from(["half"]), file);
    expect(await readdir(folder)).not.toContain("a");
  });
  expect(await readFile(path("a"), "utf8")).toBe("half");
  expect(await readdir(folder)).toEqual(["a"]);
});

test("what fails leaves what was there, and nothing else", async () => {
  await put("a", "before");
  const failing = replaceFile(path("a"), {}, async (file) => {
    file.write("half");
    throw new Error("no space");
  });
  await expect(failing).rejects.toThrow("no space");
  expect(await readFile(path("a"), "utf8")).toBe("before");
  expect(await readdir(folder)).toEqual(["a"]);
});

test("a file that is there is written over, unless that is refused", async () => {
  await put("a", "one");
  await put("a", "two");
  expect(await readFile(path("a"), "utf8")).toBe("two");
  await expect(put("a", "three", { keepExisting: true })).rejects.toMatchObject({
    code: "output-exists",
    exitCode: 64,
  });
  await put("b", "new", { keepExisting: true });
  expect(await readFile(path("b"), "utf8")).toBe("new");
  expect(await readFile(path("a"), "utf8")).toBe("two");
  expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
});

test("a file that came while ours was written is kept", async () => {
  const late = replaceFile(path("a"), { keepExisting: true }, async (file) => {
    await pipeline(Readable.from(["ours"]), file);
    await writeFile(path("a"), "theirs");
  });
  await expect(late).rejects.toMatchObject({ code: "output-exists" });
  expect(await readFile(path("a"), "utf8")).toBe("theirs");
  expect(await readdir(folder)).toEqual(["a"]);
});

test("links stay links, and permissions stay", async () => {
  await put("a", "one");
  await chmod(path("a"), 0o600);
  await symlink(path("a"), path("link"));
  await put("link", "two");
  expect((await lstat(path("link"))).isSymbolicLink()).toBe(true);
  expect(await readFile(path("a"), "utf8")).toBe("two");
  expect((await stat(path("a"))).mode & 0o777).toBe(0o600);
});

test("a device is written to and stays one", async () => {
  await replaceFile("/dev/null", {}, (file) => pipeline(Readable.from(["text"]), file));
  expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
});
