import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { readBuildContext } from "./store-image.ts";

async function referenceOf(dockerfile: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "assay-image-"));
  try {
    await writeFile(join(directory, "Dockerfile"), dockerfile);
    const files = [pathToFileURL(join(directory, "Dockerfile"))];
    return (await readBuildContext({ name: "assay-x", files })).reference;
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("the tag follows from the contents, not from where or when they were written", async () => {
  const reference = await referenceOf("FROM scratch\n");
  expect(reference).toMatch(/^assay-x:[0-9a-f]{16}$/);
  expect(await referenceOf("FROM scratch\n")).toBe(reference);
  expect(await referenceOf("FROM scratch \n")).not.toBe(reference);
});
