import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatEvent } from "./format-event.ts";
import { formats } from "./formats/index.ts";
import type { History } from "./history.ts";
import { HistoryBuilder } from "./history-builder.ts";
import { historyEvents } from "./history-events.ts";
import { createRecorder } from "./jsonl-recorder.ts";
import type { EventType, HistoryEvent, Json, Process } from "./operation.ts";
import { readHistory } from "./read-history.ts";
import { MemoryRecorder } from "./recorder.ts";
import { writeHistory } from "./write-history.ts";

interface Step {
  readonly process: Process;
  readonly f: string;
  readonly key: string | number | undefined;
  readonly value: Json;
  readonly type: Exclude<EventType, "invoke">;
  readonly node: string | undefined;
}

const step: fc.Arbitrary<Step> = fc.record({
  process: fc.oneof(fc.nat({ max: 4 }), fc.constant<Process>("nemesis")),
  f: fc.constantFrom("read", "write", "größe", '"quoted"\n'),
  key: fc.constantFrom<string | number | undefined>(undefined, "x", "\ud800", 1, "1", 0.5),
  value: fc
    .oneof(
      fc.maxSafeInteger(),
      fc.string({ unit: "binary" }),
      fc.constant(null),
      fc.jsonValue({ maxDepth: 2 }),
    )
    .filter((value) => !JSON.stringify(value).match(/\d{16}|e\+/)) as fc.Arbitrary<Json>,
  type: fc.constantFrom<Step["type"]>("ok", "fail", "info"),
  node: fc.constantFrom(undefined, "n1", "n2"),
});

/** The events of a run: a process that is idle invokes, one that is busy completes. */
function eventsOf(steps: readonly Step[]): HistoryEvent[] {
  const open = new Map<Process, Step>();
  return steps.map((each, index) => {
    const { process } = each;
    const invoked = open.get(process);
    const { f, key } = invoked ?? each;
    const common = {
      index,
      time: index * 1000,
      process,
      f,
      ...(key === undefined ? {} : { key }),
      value: each.value,
    };
    if (invoked === undefined) {
      open.set(process, each);
      return { ...common, type: "invoke" };
    }
    open.delete(process);
    return {
      ...common,
      type: each.type,
      ...(each.node === undefined ? {} : { node: each.node }),
      ...(each.type === "ok" ? {} : { error: { code: "timeout", message: `after ${index} ms` } }),
    };
  });
}

function historyOf(events: readonly HistoryEvent[]): History {
  const recorder = new MemoryRecorder();
  for (const { index: _, ...event } of events) recorder.append(event);
  return recorder.history();
}

/** A history as plain data, in JSON's terms. */
const plain = (history: History): unknown => JSON.parse(JSON.stringify([...history.operations()]));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-write-"));
});
afterAll(() => rm(folder, { recursive: true }));

const steps = fc.array(step, { minLength: 1, maxLength: 60 });

describe("what is written is what is read", () => {
  property.prop([steps, fc.constantFrom("h.jsonl", "h.jsonl.gz")], { numRuns: 60 })(
    "by writeHistory, from events and from a history",
    async (run, name) => {
      const events = eventsOf(run);
      const history = historyOf(events);
      const path = join(folder, name);
      for (const source of [events, history]) {
        await writeHistory(path, source);
        expect(plain((await readHistory(path)).history)).toEqual(plain(history));
      }
    },
  );

  property.prop([steps, fc.constantFrom(...formats.filter((format) => format.formatEvent !== undefined))])(
    "by writeHistory, in every format that can be written",
    async (run, { name, formatEvent: written }) => {
      const history = historyOf(eventsOf(run));
      const path = join(folder, "h");
      await writeHistory(path, history, { formatEvent: written });
      const read = await readHistory(path);
      expect(plain(read.history)).toEqual(plain(history));
      expect(read.format).toBe(name);
      expect(read.warnings.filter(({ code }) => code === "independent-tuples")).toEqual([]);
    },
  );

  property.prop([steps], { numRuns: 60 })("by the recorder, flushed or not", async (run) => {
    const path = join(folder, "recorded.jsonl");
    await rm(path, { force: true });
    const recorder = createRecorder(path);
    const events = eventsOf(run);
    for (const { index, ...event } of events) {
      recorder.append(event);
      if (index % 7 === 0) recorder.flush();
    }
    recorder.close();
    const { history } = await readHistory(path);
    expect(plain(history)).toEqual(plain(historyOf(events)));
    expect(plain(recorder.history())).toEqual(plain(history));
    expect(await readFile(path, "utf8")).toBe(events.map(formatEvent).join(""));
  });

  property.prop([steps])("by historyEvents, event for event", (run) => {
    const events = eventsOf(run);
    expect([...historyEvents(historyOf(events))].map((e) => JSON.parse(formatEvent(e)))).toEqual(
      events.map((e) => JSON.parse(formatEvent(e))),
    );
  });
});

test("a note of the nemesis stays one event", () => {
  const builder = new HistoryBuilder();
  const note = { time: 5, type: "info", process: "nemesis", f: "start", value: "n1" } as const;
  builder.add(note);
  builder.add({ ...note, time: 6 });
  expect([...historyEvents(builder.finish())]).toEqual([
    { index: 0, ...note },
    { index: 1, ...note, time: 6 },
  ]);
});

test("a name that ends in .gz is gzip, any other is text", async () => {
  const events = eventsOf([{ process: 0, f: "read", key: "x", value: null, type: "ok", node: undefined }]);
  await writeHistory(join(folder, "a.jsonl.gz"), events);
  await writeHistory(join(folder, "a.jsonl"), events);
  expect([...(await readFile(join(folder, "a.jsonl.gz"))).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  expect(await readFile(join(folder, "a.jsonl"), "utf8")).toBe(events.map(formatEvent).join(""));
});

test("a file that cannot be written is an error of the environment", async () => {
  await expect(writeHistory(join(folder, "no", "h.jsonl"), [])).rejects.toMatchObject({
    code: "history-write-failed",
    exitCode: 4,
    hint: "create the folder first",
  });
  await expect(writeHistory(folder, [])).rejects.toMatchObject({ code: "history-write-failed" });
});
