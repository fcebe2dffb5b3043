import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { createModel } from "../checkers/index.ts";
import { type BareEvent, historyOf } from "../checkers/testing/history-of.ts";
import { shareHistory } from "../harness/history/index.ts";

/** Modules as they are built: a thread runs JavaScript files. */
const built = async <Module>(path: string) =>
  (await import(pathToFileURL(resolve("dist", path)).href)) as Module;
const { openSearchThread } = await built<typeof import("./search-thread.ts")>("cli/search-thread.js");
const { checkOnThreads } = await built<typeof import("./check-on-threads.ts")>("cli/check-on-threads.js");
const { register } = await built<typeof import("../checkers/index.ts")>("checkers/index.js");

/** Keys whose values are written twice, by three at a time, in words that need more than ASCII. */
const events = (seen: (key: number) => string) =>
  Array.from({ length: 6 }, (_, key) => {
    const of = (process: number) => ({
      process: 10 * key + process,
      f: "write",
      key,
      value: `wert ü${process % 2}`,
    });
    const writes = [of(0), of(1), of(2)];
    return [
      ...writes.map((event): BareEvent => ({ ...event, type: "invoke" })),
      ...writes.map((event): BareEvent => ({ ...event, type: "ok" })),
      { type: "invoke", process: 10 * key, f: "read", key, value: null } as const,
      { type: "ok", process: 10 * key, f: "read", key, value: seen(key) } as const,
    ];
  }).flat();

const context = { budget: { timeMs: 60_000, memoryBytes: 2 ** 28 }, nowMs: () => 0 };

test.each([
  { what: "a valid history", seen: () => "wert ü1", validity: "valid" },
  { what: "one with two wrong keys", seen: (key: number) => `wert ü${key % 3}`, validity: "invalid" },
])("threads come to the same verdict on $what as there is without them", async ({ seen, validity }) => {
  const history = historyOf(events(seen));
  const check = (count: number) =>
    checkOnThreads(history, register(), context, {
      allKeys: true,
      special: false,
      threads: { count, patienceMs: 0, smallOperations: 0 },
    });
  const alone = await check(1);
  expect(alone.validity).toBe(validity);
  expect(await check(2)).toEqual(alone);
  expect(await check(3)).toEqual(alone);
});

test("a thread that dies is a bug that says so, and never a verdict", async () => {
  const setup = { history: shareHistory(historyOf([])), model: { name: "no-such-model", options: {} } };
  const thread = openSearchThread(setup);
  await expect(thread.ready).rejects.toMatchObject({
    name: "BugError",
    code: "search-thread-died",
    message: expect.stringMatching(
      /^a thread of the check died while it started: there is no model "no-such-model"/,
    ),
  });
  await thread.close();
});

test("one that dies at work names the key that it was at", async () => {
  const history = historyOf(events(() => "wert ü0"));
  const thread = openSearchThread({
    history: shareHistory(history),
    model: { name: "register", options: { init: createModel("register").init } },
  });
  await thread.ready;
  // A row that is not there: what a damaged history would come to.
  const turn = { part: 0, maxSteps: 1000, timeMs: 1000, memoryBytes: 2 ** 20, configurations: 1000 };
  const found = thread.search({ turn, key: "k7", rows: Int32Array.of(history.length + 5) });
  await expect(found).rejects.toMatchObject({
    name: "BugError",
    message: expect.stringMatching(/while it searched key k7, 1 operations: /),
  });
  await thread.close();
});
