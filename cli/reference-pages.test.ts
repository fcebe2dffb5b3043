import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { EVIDENCE_CODES } from "../checkers/evidence-codes.ts";
import { ExitCode } from "../harness/exit-codes.ts";
import { commandsFor } from "./commands/index.ts";
import { models } from "./judging.ts";
import { makeProgram } from "./program.ts";
import { referencePages } from "./reference-pages.ts";
import { faults, targets, workloads } from "./registries.ts";
import { runOptions } from "./run-options.ts";

const all = await commandsFor([]);
const pages = new Map((await referencePages()).map(({ path, text }) => [path, text]));
const cli = pages.get("docs/reference/cli.md") ?? "";
const plugIns = pages.get("docs/reference/plug-ins.md") ?? "";

test.each([...pages])("%s is published as it is generated", async (path, text) => {
  expect(await readFile(new URL(`../${path}`, import.meta.url), "utf8")).toBe(text);
});

describe("the page of the command line", () => {
  const { commands } = makeProgram(all, async () => {});

  test("has a section for every command", () => {
    const sections = [...cli.matchAll(/^## assay (\S+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(commands.map((command) => command.name()));
    expect(sections).toContain("run");
  });

  test.each(commands.map((command) => ({ name: command.name(), command })))(
    "names every option and argument of assay $name in its section",
    ({ name, command }) => {
      const section = cli.split(/^## /m).find((each) => each.startsWith(`assay ${name}\n`)) ?? "";
      for (const { flags } of command.options) expect(section).toContain(`  ${flags} `);
      for (const argument of command.registeredArguments) expect(section).toContain(argument.name());
    },
  );

  test("tells the default of every option of a run that has one", () => {
    const unwrapped = cli.replace(/\s+/g, " ");
    for (const option of Object.values(runOptions)) {
      if ("default" in option) expect(unwrapped).toContain(`(default: "${option.default}")`);
      if ("defaultNote" in option) expect(unwrapped).toContain(option.defaultNote);
    }
  });

  test("names every exit code", () => {
    for (const [name, code] of Object.entries(ExitCode)) expect(cli).toContain(`| ${code} | ${name} |`);
  });
});

describe("the page of the plug-ins", () => {
  test("names every target and workload, with every option", () => {
    for (const [kind, plugInsOfKind] of [
      ["Target", targets],
      ["Workload", workloads],
    ] as const) {
      for (const { name, options } of Object.values(plugInsOfKind)) {
        const section = plugIns.split(/^## /m).find((each) => each.startsWith(`${kind} ${name}\n`)) ?? "";
        for (const option of Object.keys(options)) expect(section).toContain(`| \`${option}\` |`);
      }
    }
  });

  test("names every variant of every fault", () => {
    for (const { name, variants } of Object.values(faults)) {
      for (const variant of Object.keys(variants)) expect(plugIns).toContain(`| \`${name}:${variant}\` |`);
    }
  });

  test("names every operation of every model, and every kind of evidence", () => {
    for (const [name, { operations }] of Object.entries(models)) {
      expect(plugIns).toContain(`## Model ${name}\n`);
      for (const operation of Object.keys(operations)) expect(plugIns).toContain(`| ${operation} |`);
    }
    for (const code of Object.keys(EVIDENCE_CODES)) expect(plugIns).toContain(`| ${code} |`);
  });

  test("has the models and operations that the guide has", async () => {
    const guide = await readFile(new URL("../docs/guides/check-a-history.md", import.meta.url), "utf8");
    for (const [name, { operations }] of Object.entries(models)) {
      expect(guide).toContain(`| \`${name}\` |`);
      for (const operation of Object.keys(operations)) expect(guide).toContain(`\`${operation}\``);
    }
  });

  test("has tables whose every row has as many cells as its head", () => {
    const cells = (line: string) => line.replaceAll("\\|", "").split("|").length;
    for (const table of plugIns.matchAll(/(?:^\|.*\n?)+/gm)) {
      const [head = "", ...rows] = table[0].trimEnd().split("\n");
      for (const row of rows) expect(cells(row)).toBe(cells(head));
    }
  });
});
