import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { bag } from "./bag.ts";
import { contradictionByItself } from "./by-themselves.ts";
import { type Contents, type Contradiction, readContents } from "./contents.ts";
import { assignCrashedRemovals } from "./crashed-removals.ts";
import type { Discipline, Found } from "./discipline.ts";
import { priorityQueue } from "./priority-queue.ts";
import { queue } from "./queue.ts";
import { type Assumption, spansOf } from "./spans.ts";
import { stack } from "./stack.ts";
import { vocabularies } from "./vocabulary.ts";

const disciplines: Readonly<Record<string, Discipline>> = {
  queue,
  stack,
  "priority-queue": priorityQueue,
  bag,
};

/**
 * Containers whose values can be told apart: the spans in which values are certainly inside decide, with a rule for each
 * kind of container. Peeks, answers of emptiness, values that never leave and crashed operations included.
 *
 * Cost: O(n log n) time, O(n) memory.
 */
export const containers: readonly SpecialChecker[] = Object.entries(disciplines).map(
  ([model, discipline]) => ({
    name: `${model}-spans`,
    models: [model],
    decide: (object, _options, meter) => decide(object, model, discipline, meter),
  }),
);

/** What the times and the contents take, about. */
const BYTES_PER_OPERATION = 64;

function decide(object: ObjectHistory, model: string, discipline: Discipline, meter: Meter): SpecialDecision {
  meter.allocate(object.rows.length * BYTES_PER_OPERATION);
  const words = vocabularies[model] as (typeof vocabularies)[string];
  const read = readContents(object, words);
  if ("declined" in read) return { verdict: "declined", why: read.declined };
  if ("contradiction" in read) return invalid(object, read.contradiction);
  const { contents } = read;
  const found = withAssumption(contents, "none", discipline, meter);
  if ("order" in found) return valid(object, found.order);
  if (contents.crashedRemovals.length === 0 || !contents.removal.includes(-1)) {
    return invalid(object, found.contradiction);
  }
  return withCrashedRemovals(contents, discipline, meter);
}

/**
 * Without an order as long as no crashed removal took a value. There is none either if there is none with as many removals
 * as anybody likes, or too few of them for what must be out; there is one if the likeliest assignment has one. What is left
 * is not decided here.
 */
function withCrashedRemovals(contents: Contents, discipline: Discipline, meter: Meter): SpecialDecision {
  const { object, words, crashedRemovals } = contents;
  const relaxed = withAssumption(contents, "any", discipline, meter);
  if ("contradiction" in relaxed) return invalid(object, relaxed.contradiction);
  const assignment = assignCrashedRemovals(spansOf(contents, "none"), discipline);
  if ("contradiction" in assignment) return invalid(object, assignment.contradiction);
  const assigned = withAssumption(contents, assignment, discipline, meter);
  if ("order" in assigned) return valid(object, assigned.order);
  const why = `which values ${crashedRemovals.length} unanswered ${words.remove}s removed decides, and nobody knows`;
  return { verdict: "declined", why };
}

function withAssumption(
  contents: Contents,
  assumption: Assumption,
  discipline: Discipline,
  meter: Meter,
): Found {
  meter.allocate(contents.size * 24);
  const spans = spansOf(contents, assumption);
  const contradiction = contradictionByItself(spans);
  return contradiction === undefined ? discipline.decide(spans, meter) : { contradiction };
}

function valid({ rows }: ObjectHistory, order: () => Int32Array): SpecialDecision {
  return { verdict: "valid", order: () => order().map((operation) => rows[operation] as number) };
}

function invalid({ rows }: ObjectHistory, { operations, operation, why }: Contradiction): SpecialDecision {
  const ascending = Int32Array.from(operations, (each) => rows[each] as number).sort();
  return { verdict: "invalid", violation: { rows: ascending, row: rows[operation] as number, why } };
}
