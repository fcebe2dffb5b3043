import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../results/testing/temporary-folder.ts";
import { loadHunt } from "./hunt-file.ts";

describe("the folder of a hunt is refused", () => {
  const refused = {
    name: "UsageError",
    code: "no-hunt",
    hint: "a hunt names its folder when it starts: <results>/<time>-<target>-hunt",
  };

  test("where it holds no hunt", async () => {
    const folder = await temporaryFolder();
    await expect(loadHunt(folder)).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(`^${folder} is no folder of a hunt: ENOENT`),
    });
  });

  test.each([
    ["is no JSON", "{", "JSON"],
    ["lacks something", JSON.stringify({ schema: 1 }), "firstSeed"],
  ])("where its file %s", async (_, text, told) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "hunt.json"), text);
    await expect(loadHunt(folder)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining(told),
    });
  });
});
