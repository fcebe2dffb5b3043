import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Random } from "../../../harness/clock/index.ts";
import { Journal } from "./journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, "n1.jsonl");
const open = () =>
  new Journal(path(), (error) => {
    throw error;
  });
const synced = (journal: Journal) => new Promise<void>((resolve) => journal.sync(resolve));

function shown(journal: Journal) {
  const { records, logs } = journal.contents();
  return { records: Object.fromEntries(records), logs: Object.fromEntries(logs) };
}

test("a fresh disk is empty", () => {
  expect(shown(open())).toEqual({ records: {}, logs: {} });
});

test("what was synced is there at the next start", async () => {
  const journal = open();
  journal.write("term", 3);
  journal.append("log", ["a", "b", "c"]);
  journal.truncate("log", 1);
  journal.append("log", [{ d: null }]);
  journal.write("term", 4);
  await synced(journal);
  expect(shown(open())).toEqual({ records: { term: 4 }, logs: { log: ["a", { d: null }] } });
});

test("what was not is lost with the process", async () => {
  const journal = open();
  journal.write("term", 1);
  await synced(journal);
  journal.write("term", 2);
  expect(shown(open())).toEqual({ records: { term: 1 }, logs: {} });
});

test("a sync where nothing is to be written calls back at once", () => {
  let durable = false;
  open().sync(() => {
    durable = true;
  });
  expect(durable).toBe(true);
});

test("syncs call back in order, each when what was written before it is in the file", async () => {
  const journal = open();
  const order: number[] = [];
  const syncs = Array.from({ length: 20 }, (_, i) => {
    journal.append("log", [i]);
    return new Promise<void>((resolve) => {
      journal.sync(() => {
        order.push(i);
        expect(readFileSync(path(), "utf8")).toContain(`[${i}]`);
        // Whoever hears of it goes on writing.
        if (i % 5 === 0) journal.append("more", [i]);
        resolve();
      });
    });
  });
  await Promise.all(syncs);
  await synced(journal);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(shown(open()).logs).toEqual({ log: [...Array(20).keys()], more: [0, 5, 10, 15] });
});

test("wherever a kill cuts the file, a first part of the writes is left, and the next ones follow it", async () => {
  const journal = open();
  for (let i = 0; i < 10; i++) journal.append("log", [`entry ${i} ä€`]);
  await synced(journal);
  const whole = readFileSync(path());
  const random = new Random(1);
  for (let round = 0; round < 50; round++) {
    writeFileSync(path(), whole.subarray(0, random.int(whole.length + 1)));
    const cut = open();
    const left = shown(cut).logs["log"] ?? [];
    expect(left).toEqual(Array.from({ length: left.length }, (_, i) => `entry ${i} ä€`));
    cut.append("log", ["next"]);
    await synced(cut);
    expect(shown(open()).logs["log"]).toEqual([...left, "next"]);
  }
});
