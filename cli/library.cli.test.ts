import { type ExecFileOptions, execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { models } from "../checkers/index.ts";
import { type Example, examplesOf } from "./testing/examples.ts";

/** The package as somebody has it who installed it, in a folder of its own. */
const folder = mkdtempSync(join(tmpdir(), "assay-library-"));
const installed = join(folder, "node_modules", "assay");

beforeAll(async () => {
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: resolve(".") });
  const { version, dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    version: string;
    dependencies: Record<string, string>;
  };
  mkdirSync(installed, { recursive: true });
  await run("tar", ["-xzf", join(folder, `assay-${version}.tgz`), "-C", installed, "--strip-components=1"]);
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
  }
  writeFileSync(
    join(folder, "history.jsonl"),
    ["invoke", "ok"]
      .flatMap((type) => JSON.stringify({ type, process: 0, f: "write", value: 1 }))
      .concat(JSON.stringify({ type: "invoke", process: 0, f: "read", value: null }))
      .concat(JSON.stringify({ type: "ok", process: 0, f: "read", value: 1 }))
      .join("\n"),
  );
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(program: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { cwd: folder, ...options, encoding: "utf8" });
  return String(stdout);
}

let programs = 0;

function saved(code: string): string {
  const path = join(folder, `program-${programs++}.mjs`);
  writeFileSync(path, code);
  return path;
}

/** Runs a program in the folder where the package is installed, and gives what it prints. */
function runInstalled(code: string): Promise<string> {
  return run(process.execPath, [saved(code)]);
}

/** Runs a program where there is nothing of Node. */
function runWithoutNode(code: string): Promise<string> {
  const runner = resolve("cli/testing/run-without-node.mjs");
  const flags = ["--experimental-vm-modules", "--no-warnings"];
  return run(process.execPath, [...flags, runner, installed, saved(code)]);
}

const guide = ["use-as-a-library", "write-a-model"].flatMap((name) => examplesOf(`docs/guides/${name}.md`));
const needsNode = ({ code }: Example) => /from "(node:|assay")/.test(code);

describe("the examples of the documentation print what the page says", () => {
  test("there are some", () => {
    expect(guide.length).toBeGreaterThan(5);
    expect(guide.filter(({ prints }) => prints === undefined)).toEqual([]);
    expect(guide.filter((example) => !needsNode(example)).length).toBeGreaterThan(3);
  });

  test.each(guide)("$name", async ({ code, prints }) => {
    expect(await runInstalled(code)).toBe(prints);
  });

  test.each(examplesOf("README.md"))("$name", async ({ code }) => {
    expect(await runInstalled(code)).toBe("valid\n");
  });
});

describe("where there is nothing of Node, as in a browser", () => {
  test.each(guide.filter((example) => !needsNode(example)))("$name", async ({ code, prints }) => {
    expect(await runWithoutNode(code)).toBe(prints);
  });

  test("every model, every kind of verdict and their explanations work", async () => {
    const printed = await runWithoutNode(`
      import { historyOf, linearizable, models } from "assay/checkers";
      const both = (event) => [{ ...event, type: "invoke" }, { ...event, type: "ok" }];
      for (const [name, { create }] of Object.entries(models)) {
        console.log(name, linearizable(create()).check(historyOf([])).validity);
      }
      const writes = Array.from({ length: 9 }, (_, process) => ({ process, f: "write", key: "ü", value: process % 2 }));
      const stale = historyOf([...writes.flatMap(both), ...both({ process: 0, f: "read", key: "ü", value: 1 })]);
      const register = models.register.create();
      console.log(linearizable(register).check(stale).anomalies[0].message !== "");
      console.log(linearizable(register).check(stale, { budget: { memoryBytes: 1 } }).reasons[0].code);
    `);
    const lines = printed.trimEnd().split("\n");
    expect(lines).toEqual([...Object.keys(models).map((name) => `${name} unknown`), "true", "budget-memory"]);
  });

  test("a module of Node is refused, so that the tests above show something", async () => {
    await expect(runWithoutNode(`import "node:fs";`)).rejects.toThrow("which a browser has not");
    await expect(runWithoutNode(`import "assay";`)).rejects.toThrow("which a browser has not");
    expect(await runWithoutNode("console.log(typeof process, typeof Buffer, typeof require);")).toBe(
      "undefined undefined undefined\n",
    );
  });
});

test("the types resolve, of the checkers also where Node's are not known", async () => {
  const compile = (name: string, code: string, ...options: string[]) => {
    writeFileSync(join(folder, name), code);
    const strict = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", ...options];
    return run(process.execPath, [resolve("node_modules/typescript/bin/tsc"), ...strict, name]);
  };
  const checkers = `
    import { type CheckResult, historyOf, linearizable, type Model, models } from "assay/checkers";
    const step: Model<number>["step"] = (state, { input }) => ({ state: state + Number(input) });
    const own: Model<number> = { name: "own", init: 0, step };
    const results: CheckResult[] = [own, models["priority-queue"].create()].map((model) =>
      linearizable(model).check(historyOf([{ type: "invoke", process: 0, f: "x" }]), { budget: { timeMs: 5 } }),
    );
    // @ts-expect-error there is no such model
    models.rigister;
    export default results;`;
  const files = `
    import { readHistory } from "assay";
    import { linearizable, register } from "assay/checkers";
    export const validity = linearizable(register()).check((await readHistory("x")).history).validity;`;
  expect(await compile("checkers.mts", checkers, "--types", "")).toBe("");
  symlinkSync(resolve("node_modules/@types"), join(folder, "node_modules/@types"));
  expect(await compile("files.mts", files, "--skipLibCheck")).toBe("");
});
