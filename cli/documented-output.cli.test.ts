import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();

/** What a page has between fences, in order: commands for a shell, and what they print. */
interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

/** Pages whose outputs are those of their commands, each up to a heading. */
const PAGES: readonly (readonly [path: string, end: string])[] = [
  ["README.md", "## How to call it from a checkout"],
  ["docs/tutorial/first-run.md", "## Next"],
];

describe("what the documentation shows is what the program prints", () => {
  beforeAll(() => {
    const program = `#!/bin/sh\nexec "${process.execPath}" "${resolve("dist/cli/main.js")}" "$@"\n`;
    writeFileSync(workspace.path("assay"), program, { mode: 0o755 });
  });
  afterAll(() => workspace[Symbol.dispose]());

  test.each(PAGES)("%s", { timeout: 120_000 }, (path, end) => {
    const text = readFileSync(path, "utf8");
    expect(text).toContain(end);
    const blocks = blocksOf(text.slice(0, text.indexOf(end)));
    expect(blocks.filter(({ language }) => language === "text").length).toBeGreaterThan(1);
    let printed: readonly string[] = [];
    for (const { language, lines } of blocks) {
      if (language === "sh" && isToRun(lines)) printed = run(lines);
      if (language === "text")
        expect(missing(lines, printed), `${path} shows what is not printed`).toEqual([]);
    }
  });
});

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", body = ""]) => ({
    language,
    lines: body.trimEnd().split("\n"),
  }));
}

/** The tests are running. */
function isToRun(lines: readonly string[]): boolean {
  return !lines.includes("npm ci && npm test");
}

/** The lines that commands print, on either stream. Their exit codes are verdicts. */
function run(lines: readonly string[]): string[] {
  const commands = lines
    .join("\n")
    .replace("npm ci && npm start", "assay demo")
    .replaceAll("npx assay", "assay");
  const script = `exec 2>&1\n${commands}\nexit 0`;
  const cwd = workspace.folder;
  const env = { ...process.env, PATH: `${cwd}:${process.env["PATH"]}`, NO_COLOR: "1" };
  return told(execFileSync("sh", ["-c", script], { cwd, env, encoding: "utf8" }).split("\n"));
}

/** Lines of a page that are not printed, in the order of the page. `…` stands for any lines. */
function missing(shown: readonly string[], printed: readonly string[]): string[] {
  let at = 0;
  return told(shown).filter((line) => {
    if (line.trim() === "…") return false;
    const found = printed.indexOf(line, at);
    if (found >= 0) at = found + 1;
    return found < 0;
  });
}

/** Run folders are named by the time of day. */
function told(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/assay-results\/\S+/, "assay-results/…").trimEnd());
}
