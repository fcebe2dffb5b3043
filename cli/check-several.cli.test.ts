import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

/** Process 0 writes 1, then 2; process 1 reads what is given after both. */
const edn = (
  read: number,
) => `[{:type :invoke, :process 0, :f :write, :value 1} {:type :ok, :process 0, :f :write, :value 1}
{:type :invoke, :process 0, :f :write, :value 2} {:type :ok, :process 0, :f :write, :value 2}
{:type :invoke, :process 1, :f :read, :value nil} {:type :ok, :process 1, :f :read, :value ${read}}]
`;
const log = `INFO  jepsen.util - 0\t:invoke\t:write\t1
INFO  jepsen.util - 0\t:ok\t:write\t1
`;

beforeAll(() => {
  writeFileSync(workspace.path("valid.edn"), edn(2));
  writeFileSync(workspace.path("invalid.edn.gz"), gzipSync(edn(1)));
  writeFileSync(workspace.path("etcd.log"), log);
  writeFileSync(workspace.path("cut.edn"), edn(2).slice(0, -6));
  writeFileSync(workspace.path("bad.edn"), "{:type :ok}}");
});

const check = (...args: string[]) => workspace.assay("check", ...args, "--model", "register");

describe("several files at once", () => {
  test("for people: a line each, then a report for each that is not valid", async () => {
    const { exitCode, stdout } = await check("valid.edn", "invalid.edn.gz", "etcd.log", "cut.edn");
    expect(exitCode).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "VALID    valid.edn (3 operations)
      INVALID  invalid.edn.gz (3 operations)
      VALID    etcd.log (1 operation)
      VALID    cut.edn (3 operations)
               cut.edn: the end is cut off, as a killed run leaves it; everything up to there was read

      invalid.edn.gz

      INVALID: what clients saw is not linearizable (register)
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

      History: invalid.edn.gz

      4 files: 3 valid, 1 invalid
      "
    `);
  });

  test("with --witness: an order for each that is valid; not together with --porcelain", async () => {
    const { exitCode, stdout } = await check("valid.edn", "etcd.log", "--witness");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "\nvalid.edn\n\nLinearization\n  process 0 wrote 1\n  process 0 wrote 2\n  process 1 read 2\n\netcd.log\n\nLinearization\n",
    );
    expect((await check("valid.edn", "--witness", "--porcelain")).exitCode).toBe(64);
  });

  test("for scripts: file, tab, verdict", async () => {
    const { exitCode, stdout, stderr } = await check(
      "valid.edn",
      "invalid.edn.gz",
      "etcd.log",
      "--porcelain",
    );
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: "valid.edn\tvalid\ninvalid.edn.gz\tinvalid\netcd.log\tvalid\n",
      stderr: "",
    });
  });

  test("for programs: an array", async () => {
    const { exitCode, stdout } = await check("valid.edn", "bad.edn", "invalid.edn.gz", "--json");
    expect(exitCode).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject([
      { file: "valid.edn", verdict: { validity: "valid" } },
      {
        file: "bad.edn",
        error: { code: "bad-process", message: expect.stringContaining("line 1, column 1") },
      },
      { file: "invalid.edn.gz", verdict: { validity: "invalid" } },
    ]);
  });

  test("one that cannot be read keeps no other from being judged, and sets the exit code", async () => {
    const { exitCode, stdout, stderr } = await check(
      "bad.edn",
      "missing",
      "invalid.edn.gz",
      "valid.edn",
      "--porcelain",
    );
    expect(stdout).toBe("bad.edn\terror\nmissing\terror\ninvalid.edn.gz\tinvalid\nvalid.edn\tvalid\n");
    expect(stderr).toContain("assay: there is no file missing\n");
    expect(exitCode).toBe(64);
  });

  test("that are all valid come to 0", async () => {
    expect((await check("valid.edn", "etcd.log")).exitCode).toBe(0);
  });

  test.each([
    [["valid.edn", "--porcelain", "--json"], "--porcelain and --json"],
    [["-", "-"], "standard input (-) is named more than once"],
    [
      ["valid.edn", "etcd.log", "--failed-cas", "observed"],
      "--failed-cas means nothing to the model register",
    ],
  ])("%j is refused once", async (args, message) => {
    const { exitCode, stderr } = await check(...args);
    expect(exitCode).toBe(64);
    expect(stderr.split(message)).toHaveLength(2);
  });
});

describe("one file", () => {
  test("with --porcelain is one line too", async () => {
    expect((await check("invalid.edn.gz", "--porcelain")).stdout).toBe("invalid.edn.gz\tinvalid\n");
  });

  test.each([
    ["EDN", edn(1)],
    ["gzip", gzipSync(edn(1))],
  ])("comes from standard input: %s", async (_, input) => {
    const { exitCode, stdout } = await workspace.assayWith(
      input,
      "check",
      "-",
      "--model",
      "register",
      "--porcelain",
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "-\tinvalid\n" });
  });

  test("without a model is refused with those that know its operations", async () => {
    const { exitCode, stderr } = await workspace.assay("check", "etcd.log");
    expect(exitCode).toBe(64);
    expect(stderr).toContain("its operations (write) are known to: --model register|cas-register");
  });
});
