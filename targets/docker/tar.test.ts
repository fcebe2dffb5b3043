import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { tarOf } from "./tar.ts";

const FILES = [
  { name: "Dockerfile", content: Buffer.from("FROM scratch\n"), mode: 0o644 },
  { name: "start.sh", content: Buffer.from("x".repeat(513)), mode: 0o755 },
  { name: "empty", content: Buffer.alloc(0), mode: 0o600 },
];

test("tar reads what is written", () => {
  const list = spawnSync("tar", ["-tvf", "-", "--numeric-owner"], { input: tarOf(FILES) });
  expect(list.stderr.toString()).toBe("");
  const lines = list.stdout.toString().trimEnd().split("\n");
  expect(
    lines.map((line) => line.split(/\s+/)).map(([mode, owner, size, , , name]) => [mode, owner, size, name]),
  ).toEqual([
    ["-rw-r--r--", "0/0", "13", "Dockerfile"],
    ["-rwxr-xr-x", "0/0", "513", "start.sh"],
    ["-rw-------", "0/0", "0", "empty"],
  ]);
  const extract = spawnSync("tar", ["-xOf", "-", "start.sh"], { input: tarOf(FILES) });
  expect(extract.stdout.toString()).toBe("x".repeat(513));
});

test("equal files make equal bytes, in whole blocks", () => {
  expect(tarOf(FILES).equals(tarOf(FILES))).toBe(true);
  expect(tarOf(FILES).length % 512).toBe(0);
});

test("a name that does not fit is refused", () => {
  expect(() => tarOf([{ name: "n".repeat(100), content: Buffer.alloc(0), mode: 0o644 }])).toThrow("99 bytes");
});
