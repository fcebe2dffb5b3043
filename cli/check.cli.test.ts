import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

type Line = readonly [type: string, process: number, f: string, value: unknown];

const jsonl = (lines: readonly Line[]) =>
  lines.map(([type, process, f, value]) => `${JSON.stringify({ type, process, f, value })}\n`).join("");

/** p0: w1 |--|  w2 |--|, p1 reads what is there after both. */
const reads = (value: number) =>
  jsonl([
    ["invoke", 0, "write", 1],
    ["ok", 0, "write", 1],
    ["invoke", 0, "write", 2],
    ["ok", 0, "write", 2],
    ["invoke", 1, "read", null],
    ["ok", 1, "read", value],
  ]);

const cas = (read: number) =>
  jsonl([
    ["invoke", 0, "write", 1],
    ["ok", 0, "write", 1],
    ["invoke", 0, "cas", [1, 2]],
    ["ok", 0, "cas", [1, 2]],
    ["invoke", 1, "read", null],
    ["ok", 1, "read", read],
  ]);

/** Forty appends open at once, and an answer that leaves one of them out: every order of the others is another state. */
const hard = () => {
  const letters = Array.from({ length: 40 }, (_, at) => String.fromCharCode(0x61 + at));
  const appends = (type: string) => letters.map((letter, process): Line => [type, process, "append", letter]);
  const answer = letters.slice(1).join("");
  return jsonl([
    ...appends("invoke"),
    ...appends("ok"),
    ["invoke", 0, "get", null],
    ["ok", 0, "get", answer],
  ]);
};

beforeAll(() => {
  const files: Record<string, string | Buffer> = {
    "valid.jsonl": reads(2),
    "invalid.jsonl": reads(1),
    "cas-valid.jsonl": cas(2),
    "cas-invalid.jsonl": cas(1),
    "valid.jsonl.gz": gzipSync(reads(2)),
    "zipped-under-another-name": gzipSync(reads(1)),
    "hard.jsonl": hard(),
    "two-keys.jsonl": ["x", "y"].map((key) => reads(1).replaceAll('"f"', `"key":"${key}","f"`)).join(""),
    "truncated.jsonl": reads(2).slice(0, -20),
    "double.jsonl": jsonl([
      ["invoke", 0, "write", 1],
      ["invoke", 0, "write", 2],
    ]),
    "orphan.jsonl": jsonl([["ok", 0, "write", 1]]),
    "unknown-type.jsonl": jsonl([["done", 0, "write", 1]]),
    "bad-time.jsonl": '{"type":"invoke","process":0,"f":"read","value":null,"time":1.5}\n',
    "no-json.jsonl": `${reads(2)}{"type":"invoke","process":0,"f":"write","value":undefined}\n`,
    "empty.jsonl": "",
    "binary.jsonl": Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0x0a]),
    "other-model.jsonl": jsonl([["invoke", 0, "enqueue", 1]]),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(workspace.path(name), content);
  mkdirSync(workspace.path("folder"));
});

const check = (file: string, model: string, ...more: string[]) =>
  workspace.assay("check", file, "--model", model, "--consistency", "linearizable", ...more);

describe("assay check decides a file and sets the exit code", () => {
  test.each([
    ["valid.jsonl", "register", 0],
    ["invalid.jsonl", "register", 1],
    ["valid.jsonl", "cas-register", 0],
    ["cas-valid.jsonl", "cas-register", 0],
    ["cas-invalid.jsonl", "cas-register", 1],
    ["valid.jsonl.gz", "register", 0],
    ["zipped-under-another-name", "register", 1],
  ])("%s as %s: %i", async (file, model, expected) => {
    expect((await check(file, model)).exitCode).toBe(expected);
  });

  test("an invalid one with the violation in plain words", async () => {
    const { stdout } = await check("invalid.jsonl", "register");
    expect(stdout).toMatchInlineSnapshot(`
      "INVALID: what clients saw is not linearizable (register)
        3 operations

      Anomaly: nonlinearizable
        process 1 read 1 at event 5, but 1 had been overwritten by 2 before the read began
          process 0 wrote 1 (event 0 to event 1)
          process 0 wrote 2 (event 2 to event 3), after that and acknowledged before the read began at event 4
          these 3 operations have no order, drawn by the order of their events:
            process 0 wrote 1  |-|
            process 0 wrote 2      |-|
            process 1 read 1           |-|

      Operations                  ok     fail     info
        load read                  1        0        0
        load write                 2        0        0

      History: invalid.jsonl
      "
    `);
  });

  test("a valid one with an order that explains every answer, where that is asked for", async () => {
    const { stdout } = await check("cas-valid.jsonl", "cas-register", "--witness");
    expect(stdout.slice(stdout.indexOf("Linearization"))).toMatchInlineSnapshot(`
      "Linearization
        process 0 wrote 1
        process 0 changed 1 to 2 by compare-and-set
        process 1 read 2
      "
    `);
    const data = await check("cas-valid.jsonl", "cas-register", "--witness", "--json");
    const [{ linearizations }] = JSON.parse(data.stdout).verdict.checks;
    expect(linearizations).toMatchInlineSnapshot(`
      [
        {
          "operations": [
            0,
            2,
            4,
          ],
        },
      ]
    `);
    expect((await check("cas-valid.jsonl", "cas-register")).stdout).not.toContain("Linearization");
  });

  test("an invalid one has no order to show", async () => {
    const { stdout } = await check("invalid.jsonl", "register", "--witness");
    expect(stdout).toContain("Linearization\n  none: no key is known to have one");
  });

  test("one that is beyond the budget is unknown, with how far it got", async () => {
    const { exitCode, stdout } = await check("hard.jsonl", "kv", "--budget-time", "200ms");
    expect(exitCode).toBe(2);
    expect(stdout).toContain("budget-time");
    expect(stdout).toMatch(/placed \d+ of 41 completions/);
  });

  test("one with several invalid keys ends at the first, unless all are asked for", async () => {
    const told = await workspace.assay("check", "two-keys.jsonl", "--model", "register");
    expect(told.exitCode).toBe(1);
    expect(told.stdout.match(/^Anomaly: .*$/gm)).toEqual(["Anomaly: nonlinearizable, key x"]);
    expect(told.stdout).toContain(
      [
        "Undecided (linearizable, first-violation)",
        "  1 of 2 objects were not decided: the check ended at the first violation",
        "  → ask for all keys (--all-keys) to have every object judged",
      ].join("\n"),
    );
    const all = await workspace.assay("check", "two-keys.jsonl", "--model", "register", "--all-keys");
    expect(all.exitCode).toBe(1);
    expect(all.stdout.match(/^Anomaly: .*$/gm)).toEqual([
      "Anomaly: nonlinearizable, key x",
      "Anomaly: nonlinearizable, key y",
    ]);
    expect(all.stdout).not.toContain("Undecided");
  });

  test("one in which nothing succeeded has an order, and is told to show nothing", async () => {
    const nothing: Line[] = [
      ["invoke", 0, "read", null],
      ["fail", 0, "read", null],
      ["invoke", 0, "write", 1],
    ];
    writeFileSync(workspace.path("nothing.jsonl"), jsonl(nothing));
    const { exitCode, stdout } = await check("nothing.jsonl", "register");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "no operation of a client ended in ok, so this verdict shows nothing about the store",
    );
  });

  test("with --json as data", async () => {
    const { stdout } = await check("invalid.jsonl", "register", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      file: "invalid.jsonl",
      verdict: {
        validity: "invalid",
        evidence: null,
        checks: [{ checker: "linearizable", validity: "invalid" }],
      },
    });
  });

  test("options of meaning change it: what was there at first, and what a read of null says", async () => {
    const file = "nil.jsonl";
    writeFileSync(
      workspace.path(file),
      jsonl([
        ["invoke", 0, "read", null],
        ["ok", 0, "read", null],
      ]),
    );
    expect((await check(file, "register")).exitCode).toBe(0);
    expect((await check(file, "register", "--init", "0")).exitCode).toBe(1);
    expect((await check(file, "register", "--init", "0", "--nil-reads", "unknown")).exitCode).toBe(0);
    const failed = "failed-cas.jsonl";
    writeFileSync(
      workspace.path(failed),
      jsonl([
        ["invoke", 0, "cas", [0, 1]],
        ["fail", 0, "cas", [0, 1]],
      ]),
    );
    const valid = jsonl([
      ["invoke", 0, "read", null],
      ["ok", 0, "read", 0],
    ]);
    writeFileSync(
      workspace.path(failed),
      valid +
        jsonl([
          ["invoke", 0, "cas", [0, 1]],
          ["fail", 0, "cas", [0, 1]],
        ]),
    );
    expect((await check(failed, "cas-register", "--init", "0")).exitCode).toBe(0);
    expect((await check(failed, "cas-register", "--init", "0", "--failed-cas", "observed")).exitCode).toBe(1);
  });
});

describe("input that cannot be read is refused with where, what was expected and what stood there", () => {
  test.each([
    ["double.jsonl", /double\.jsonl, line 2: .*process 0 invokes write while its write/],
    ["orphan.jsonl", /orphan\.jsonl, line 1: .*no open invocation/],
    ["unknown-type.jsonl", /unknown-type\.jsonl, line 1: .*"done"/],
    ["bad-time.jsonl", /bad-time\.jsonl, line 1: .*1\.5/],
    ["no-json.jsonl", /no-json\.jsonl, line 7: .*JSON/],
    ["empty.jsonl", /empty\.jsonl holds no event/],
    ["binary.jsonl", /binary\.jsonl, line 1: expected UTF-8 text/],
    ["folder", /there is no file .*history\.jsonl/],
    ["missing.jsonl", /there is no file missing\.jsonl/],
    ["other-model.jsonl", /enqueue/],
  ])("%s", async (file, message) => {
    const { exitCode, stdout, stderr } = await check(file, "register");
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
  });

  test("a line of 100 MB, without holding it in memory", async () => {
    const file = openSync(workspace.path("long.jsonl"), "w");
    writeSync(file, '{"type":"invoke","process":0,"f":"write","value":"');
    const chunk = Buffer.alloc(2 ** 20, "x");
    for (let i = 0; i < 100; i++) writeSync(file, chunk);
    writeSync(file, '"}\n');
    closeSync(file);
    const { exitCode, stderr } = await check("long.jsonl", "register");
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(/long\.jsonl, line 1: .*16 MiB/);
  });

  test("an option that means nothing to the model", async () => {
    const { exitCode, stderr } = await check("valid.jsonl", "register", "--failed-cas", "observed");
    expect(exitCode).toBe(64);
    expect(stderr).toContain("--failed-cas means nothing to the model register");
  });

  test("a file without --model", async () => {
    const { exitCode, stderr } = await workspace.assay("check", "valid.jsonl");
    expect(exitCode).toBe(64);
    expect(stderr).toContain("--model register|cas-register");
  });

  test("a last line that was cut off is left out with a warning: the run was killed", async () => {
    const { exitCode, stdout } = await check("truncated.jsonl", "register");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("truncated.jsonl: the last line is cut off");
  });
});
