import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workspace } from "./testing/assay.ts";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const EDN = `[{:type :invoke, :process 0, :f :write, :value [:x 1], :time 10}
 {:type :ok, :process 0, :f :write, :value [:x 1], :time 20}
 {:type :invoke, :process 1, :f :read, :value [:x nil], :time 30}
 {:type :info, :process 1, :f :read, :value [:x nil], :time 40, :error :timeout}]
`;
const JSONL = `{"index":0,"time":10,"type":"invoke","process":0,"f":"write","key":"x","value":1}
{"index":1,"time":20,"type":"ok","process":0,"f":"write","key":"x","value":1}
{"index":2,"time":30,"type":"invoke","process":1,"f":"read","key":"x","value":null}
{"index":3,"time":40,"type":"info","process":1,"f":"read","key":"x","value":null,"error":{"code":"timeout","message":"timeout"}}
`;
const TUPLES = /every value is a pair \[key value\]/;

beforeAll(() => writeFileSync(workspace.path("history.edn"), EDN));

const read = (name: string) => readFileSync(workspace.path(name));
const convert = (...args: string[]) => workspace.assay("convert", ...args);

describe("assay convert", () => {
  test("writes JSON lines, and says what it did", async () => {
    const { exitCode, stdout, stderr } = await convert("history.edn", "a.jsonl");
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: "a.jsonl: 4 events of 2 operations (edn → jsonl)\n",
    });
    expect(stderr).toMatch(TUPLES);
    expect(read("a.jsonl").toString()).toBe(JSONL);
  });

  test("writes gzip where the name says so, and to standard output", async () => {
    await convert("history.edn", "b.jsonl.gz");
    expect(gunzipSync(read("b.jsonl.gz")).toString()).toBe(JSONL);
    expect((await convert("b.jsonl.gz", "-")).stdout).toBe(JSONL);
  });

  test("writes EDN, which comes back the same", async () => {
    await convert("history.edn", "c.jsonl");
    expect((await convert("c.jsonl", "c.edn")).stdout).toContain("(jsonl → edn)");
    expect(read("c.edn").toString().split("\n")[0]).toBe(
      '{:index 0, :time 10, :type :invoke, :process 0, :f :write, :key "x", :value 1}',
    );
    const { stdout, stderr } = await convert("c.edn", "-");
    expect({ stdout, stderr }).toEqual({ stdout: JSONL, stderr: "" });
    expect((await convert("c.jsonl", "-", "--to", "edn")).stdout).toBe(read("c.edn").toString());
  });

  test("reads standard input", async () => {
    expect((await workspace.assayWith(EDN, "convert", "-", "-")).stdout).toBe(JSONL);
  });

  test("keeps pairs where it is told to", async () => {
    const { stdout } = await convert("history.edn", "-", "--independent", "no");
    expect(stdout).toContain('"f":"write","value":["x",1]');
  });

  test("tells with --json what it did", async () => {
    const { stdout } = await convert("history.edn", "d.jsonl", "--json");
    expect(JSON.parse(stdout)).toEqual({
      in: "history.edn",
      out: "d.jsonl",
      from: "edn",
      to: "jsonl",
      operations: 2,
      events: 4,
      warnings: [expect.stringMatching(TUPLES)],
    });
  });
});

describe("assay convert refuses", () => {
  test("to write over a file, without --force", async () => {
    writeFileSync(workspace.path("there.jsonl"), "precious");
    const { exitCode, stderr } = await convert("history.edn", "there.jsonl");
    expect(exitCode).toBe(64);
    expect(stderr).toBe(
      "assay: there.jsonl is there already\n  choose another name, or --force to write over it\n",
    );
    expect(read("there.jsonl").toString()).toBe("precious");
    expect((await convert("history.edn", "there.jsonl", "--force")).exitCode).toBe(0);
    expect(read("there.jsonl").toString()).toBe(JSONL);
  });

  test("input that cannot be read, and leaves nothing behind", async () => {
    writeFileSync(workspace.path("bad.edn"), `${EDN.slice(0, -2)} {:type :ok]`);
    const before = readdirSync(workspace.folder);
    const { exitCode, stderr } = await convert("bad.edn", "out.jsonl");
    expect(exitCode).toBe(64);
    expect(stderr).toContain("bad.edn, line 4, column 92: ");
    expect(readdirSync(workspace.folder)).toEqual(before);
  });

  test.each([
    [["history.edn", "no-such-folder/out.jsonl"], 4, "cannot write the history to no-such-folder/out.jsonl"],
    [["history.edn", "."], 64, ". is a folder"],
    [["history.edn", "/dev/null", "--force"], 64, "/dev/null is no plain file"],
    [["nothing.edn", "out.jsonl"], 64, "there is no file nothing.edn"],
    [["history.edn", "out.jsonl", "--to", "ednn"], 64, "there is no format"],
    [["history.edn", "-", "--json"], 64, "--json and the history would both go to standard output"],
  ])("%j", async (args, expected, message) => {
    const { exitCode, stderr } = await convert(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(exitCode).toBe(expected);
    expect(existsSync(workspace.path("out.jsonl"))).toBe(false);
  });
});
