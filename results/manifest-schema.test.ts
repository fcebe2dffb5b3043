import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Manifest } from "./manifest.ts";
import { parseManifest } from "./manifest-schema.ts";
import { manifest } from "./testing/samples.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

/** What reading a manifest with this text comes to. */
async function read(text: string): Promise<Manifest> {
  const path = join(await temporaryFolder(), "manifest.json");
  await writeFile(path, text);
  return parseManifest(path);
}

const without = (name: keyof Manifest) =>
  Object.fromEntries(Object.entries(manifest).filter(([member]) => member !== name));

describe("a manifest", () => {
  test("is read as it was written", async () => {
    expect(await read(JSON.stringify(manifest))).toEqual(manifest);
  });

  test("keeps of a fault that it is over in a moment", async () => {
    const value = { fault: 0, kind: "leadership", plan: { to: "n2" }, momentary: true as const };
    const schedule = [{ timeNs: 1, f: "leadership", value }];
    expect((await read(JSON.stringify({ ...manifest, schedule }))).schedule).toEqual(schedule);
  });

  test("may come from outside a repository", async () => {
    expect(await read(JSON.stringify({ ...manifest, git: null }))).toEqual({ ...manifest, git: null });
  });

  test("may have members that a later version added", async () => {
    expect(await read(JSON.stringify({ ...manifest, weather: "rain" }))).toEqual(manifest);
  });
});

describe("is refused", () => {
  const refused = { name: "UsageError", code: "unreadable-manifest" };

  test("where it is missing", async () => {
    const folder = await temporaryFolder();
    await expect(parseManifest(join(folder, "manifest.json"))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("ENOENT"),
      hint: expect.stringContaining("assay check FOLDER/history.jsonl"),
    });
  });

  test.each(["", "{", "null", "[]"])("where it holds %j", async (text) => {
    await expect(read(text)).rejects.toMatchObject(refused);
  });

  const required = (Object.keys(manifest) as (keyof Manifest)[]).filter((name) => name !== "burst");

  test.each(required)("without %s", async (name) => {
    await expect(read(JSON.stringify(without(name)))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining(name),
    });
  });

  test.each([
    { schema: 2 },
    { startedAt: "yesterday" },
    { seed: -1 },
    { seed: 1.5 },
    { seed: 2 ** 60 },
    { nodes: [] },
    { timeLimitNs: "20s" },
    { targetOptions: { protocol: 7 } },
    { faults: ["kill"] },
    { schedule: [{ timeNs: 1, f: "kill", value: null }] },
    { git: {} },
  ])("with %j", async (wrong) => {
    await expect(read(JSON.stringify({ ...manifest, ...wrong }))).rejects.toMatchObject(refused);
  });

  test("with the place of the mistake", async () => {
    const wrong = JSON.stringify({ ...manifest, faults: [{ kind: "kill" }] });
    await expect(read(wrong)).rejects.toThrow("faults[0].variants");
  });
});

test("a manifest from before there were bursts says that there were none", async () => {
  expect(await read(JSON.stringify(without("burst")))).toMatchObject({ burst: 1 });
});
