import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { wallClockNow } from "../harness/clock/index.ts";
import { makeRunFolder, RunFile, writeRunFile } from "./run-folder.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const startedAt = wallClockNow();
startedAt.setTime(1_735_787_045_678); // 2025-01-02T03:04:05.678Z
const run = { startedAt, target: "etcd", workload: "register" };
const NAME = "20250102T030405Z-etcd-register";

describe("a run folder", () => {
  test("is named by time, target and workload, and has a folder for logs", async () => {
    const parent = await temporaryFolder();
    const folder = await makeRunFolder(parent, run);
    expect(folder).toBe(join(parent, NAME));
    expect(await readdir(folder)).toEqual([RunFile.logs]);
  });

  test("is made with the folders above it", async () => {
    const parent = join(await temporaryFolder(), "ci", "runs");
    expect(await makeRunFolder(parent, run)).toBe(join(parent, NAME));
  });

  test("is another one for each run of the same second", async () => {
    const parent = await temporaryFolder();
    const folders = await Promise.all([1, 2, 3].map(() => makeRunFolder(parent, run)));
    expect(folders.toSorted()).toEqual([NAME, `${NAME}-2`, `${NAME}-3`].map((name) => join(parent, name)));
  });
});

describe("the link latest", () => {
  test("leads to the run that was started last", async () => {
    const parent = await temporaryFolder();
    await makeRunFolder(parent, run);
    expect(await readlink(join(parent, "latest"))).toBe(NAME);
    await makeRunFolder(parent, run);
    expect(await readlink(join(parent, "latest"))).toBe(`${NAME}-2`);
    expect(await readdir(join(parent, "latest"))).toEqual([RunFile.logs]);
  });

  test("is relative, however the folder above is spelled, so that all may be moved", async () => {
    const parent = await temporaryFolder();
    await makeRunFolder(`${parent}/./runs//`, run);
    expect(await readlink(join(parent, "runs", "latest"))).toBe(NAME);
  });

  test("is mended where it leads nowhere", async () => {
    const parent = await temporaryFolder();
    await symlink("gone", join(parent, "latest"));
    await makeRunFolder(parent, run);
    expect(await readlink(join(parent, "latest"))).toBe(NAME);
  });

  test("never takes the place of somebody's file or folder", async () => {
    const withFile = await temporaryFolder();
    await writeFile(join(withFile, "latest"), "mine");
    await makeRunFolder(withFile, run);
    expect(await readFile(join(withFile, "latest"), "utf8")).toBe("mine");

    const withFolder = await temporaryFolder();
    await mkdir(join(withFolder, "latest"));
    await makeRunFolder(withFolder, run);
    expect((await lstat(join(withFolder, "latest"))).isDirectory()).toBe(true);
  });

  test("leaves nothing else behind", async () => {
    const parent = await temporaryFolder();
    await makeRunFolder(parent, run);
    await makeRunFolder(parent, run);
    expect((await readdir(parent)).toSorted()).toEqual([NAME, `${NAME}-2`, "latest"]);
  });
});

describe("a file of a run", () => {
  test("is written whole, and over what was there", async () => {
    const folder = await temporaryFolder();
    await writeRunFile(folder, RunFile.report, "a long report\n");
    await writeRunFile(folder, RunFile.report, "short\n");
    expect(await readFile(join(folder, RunFile.report), "utf8")).toBe("short\n");
  });
});

describe("what cannot be written is the environment's fault", () => {
  test("a folder", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    await expect(makeRunFolder(join(file, "runs"), run)).rejects.toMatchObject({
      name: "EnvironmentError",
      code: "results-not-writable",
      message: expect.stringContaining(`cannot write ${join(file, "runs")}: ENOTDIR`),
      hint: "free disk space, or choose another folder with --out DIR",
    });
  });

  test("a file", async () => {
    const folder = await temporaryFolder();
    await expect(writeRunFile(join(folder, "gone"), RunFile.verdict, "{}")).rejects.toMatchObject({
      code: "results-not-writable",
      message: expect.stringContaining(join(folder, "gone", "verdict.json")),
    });
  });
});
