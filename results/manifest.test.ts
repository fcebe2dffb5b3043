import { describe, expect, test } from "vitest";
import { gitState } from "./manifest.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

describe("the state of the repository", () => {
  test("is null outside one", async () => {
    expect(await gitState(await temporaryFolder())).toBe(null);
  });

  test("is null in a folder that is not there", async () => {
    expect(await gitState("/no/such/folder")).toBe(null);
  });
});
