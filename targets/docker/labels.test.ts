import { hostname } from "node:os";
import { expect, test } from "vitest";
import { ownerOf, resourceName, runLabels } from "./labels.ts";

test("everything of a run says which run and whose it is", () => {
  expect(runLabels("r1")).toEqual({ assay: "r1", "assay.owner": `${hostname()}/${process.pid}` });
});

test("the owner is read back from the labels, whatever its host is called", () => {
  expect(ownerOf(runLabels("r1", { host: "build/7", pid: 41 }))).toEqual({ host: "build/7", pid: 41 });
});

test("labels that do not name an owner have none", () => {
  expect(ownerOf({})).toBeUndefined();
  expect(ownerOf({ "assay.owner": "somebody" })).toBeUndefined();
});

test("names carry the run, and only characters that Docker allows", () => {
  expect(resourceName("2026-11-21T03:17", "n1")).toBe("assay-2026-11-21T03-17-n1");
});
