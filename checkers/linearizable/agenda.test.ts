import { describe, expect, test } from "vitest";
import { Agenda, type Turn, type TurnResult } from "./agenda.ts";
import type { Exhausted } from "./meter.ts";

const budget = { timeMs: 1000, memoryBytes: 1 << 20 };
const progress = (configurations: number) => ({ position: 0, completions: 9, open: 3, configurations });
const ranOut = (exhausted: Exhausted, configurations = 1): TurnResult => ({
  verdict: "unknown",
  exhausted,
  progress: progress(configurations),
});
const valid: TurnResult = { verdict: "valid", progress: progress(1) };

/** An agenda of objects numbered from 0, and the instant that its clock shows. */
function agendaOf(sizes: readonly number[], threads = 1, allKeys = true) {
  const now = { ms: 0 };
  const objects = sizes.map((size, part) => ({ part, size }));
  const agenda = new Agenda(objects, { budget, nowMs: () => now.ms }, { endMs: budget.timeMs, allKeys });
  agenda.threads = threads;
  const next = () => agenda.next() as Turn;
  const settle = (turn: Turn, result: TurnResult, tookMs = 1) => {
    now.ms += tookMs;
    agenda.settle(turn, result, tookMs);
  };
  return { agenda, now, next, settle };
}

describe("on one thread", () => {
  test("an object alone gets everything at once", () => {
    const { next } = agendaOf([100]);
    expect(next()).toEqual({
      part: 0,
      maxSteps: Number.POSITIVE_INFINITY,
      timeMs: 1000,
      memoryBytes: budget.memoryBytes,
      configurations: Number.POSITIVE_INFINITY,
    });
  });

  test("several take turns that grow, the last that is left gets everything", () => {
    const { next, settle, agenda } = agendaOf([10, 20]);
    const first = next();
    expect(first).toMatchObject({ part: 0, timeMs: 500, memoryBytes: budget.memoryBytes });
    expect(agenda.next()).toMatchObject({ part: 1 });
    settle(first, ranOut("steps"));
    const again = next();
    expect(again.part).toBe(0);
    expect(again.maxSteps).toBe(8 * first.maxSteps);
    settle(again, ranOut("steps"));
    settle({ ...first, part: 1 }, valid);
    expect(next()).toMatchObject({ part: 0, maxSteps: Number.POSITIVE_INFINITY });
    expect(agenda.open).toBe(1);
  });

  test("one whose share of the time was too short comes last, if that is at least twice as long", () => {
    const { next, settle, agenda } = agendaOf([10, 20]);
    settle(next(), ranOut("time"), 300);
    settle(next(), valid);
    const last = next();
    expect(last).toMatchObject({ part: 0, timeMs: 699 });
    settle(last, ranOut("time", 7), 600);
    expect(agenda.next()).toBeUndefined();
    expect(agenda.result(0)).toEqual(ranOut("time", 7));
  });

  test("what is left when the time is up is undecided for want of time, with the turn that got furthest", () => {
    const { next, settle, agenda } = agendaOf([10, 20, 30]);
    settle(next(), ranOut("steps", 5), 400);
    settle(next(), ranOut("steps", 3), 700);
    expect(agenda.next()).toBeUndefined();
    expect(agenda.open).toBe(0);
    expect(agenda.result(0)).toEqual(ranOut("time", 5));
    expect(agenda.result(1)).toEqual(ranOut("time", 3));
    expect(agenda.result(2)).toMatchObject({ verdict: "unknown", exhausted: "time" });
  });

  test("one that runs out of memory is given up, as it had all of it", () => {
    const { next, settle, agenda } = agendaOf([10, 20]);
    settle(next(), ranOut("memory"));
    settle(next(), valid);
    expect(agenda.next()).toBeUndefined();
    expect(agenda.result(0)).toEqual(ranOut("memory"));
  });

  test("one that enters more configurations than an object may is given up, however much time is left", () => {
    const { next, settle, agenda } = agendaOf([10, 20]);
    settle(next(), ranOut("configurations"));
    settle(next(), valid);
    expect(agenda.next()).toBeUndefined();
    expect(agenda.result(0)).toEqual(ranOut("configurations"));
  });
});

describe("on several threads", () => {
  test("the budget is shared, and no two work on one object", () => {
    const { next, agenda } = agendaOf([10, 20, 30, 40], 2);
    expect([next(), next(), next(), next()].map(({ part }) => part)).toEqual([0, 1, 2, 3]);
    expect(agenda.next()).toBeUndefined();
    const shared = agendaOf([10, 20, 30, 40], 2).next();
    expect(shared).toMatchObject({ timeMs: 500, memoryBytes: budget.memoryBytes / 2 });
  });

  test("no thread has to share where there are enough", () => {
    const { next } = agendaOf([10, 20], 2);
    expect(next()).toMatchObject({ timeMs: 1000, maxSteps: Number.POSITIVE_INFINITY });
  });

  test("one for which a thread's memory was too little comes last, alone, with all of it", () => {
    const { next, settle, agenda } = agendaOf([10, 20], 2);
    const [first, second] = [next(), next()];
    settle(first, ranOut("memory"));
    expect(agenda.next()).toBeUndefined();
    settle(second, valid);
    const alone = next();
    expect(alone).toMatchObject({ part: 0, memoryBytes: budget.memoryBytes });
    settle(alone, ranOut("memory"));
    expect(agenda.next()).toBeUndefined();
    expect(agenda.result(0)).toEqual(ranOut("memory"));
  });

  const invalid: TurnResult = { verdict: "invalid", progress: progress(1) };

  test("a violation ends everything, what is under way included", () => {
    const { next, settle, agenda } = agendaOf([10, 20, 30, 40], 3, false);
    const [first, second, third] = [next(), next(), next()];
    settle(first, valid);
    settle(third, invalid);
    expect(agenda.open).toBe(0);
    expect(agenda.next()).toBeUndefined();
    settle(second, ranOut("steps"));
    expect(agenda.next()).toBeUndefined();
    expect([0, 1, 2, 3].map((part) => agenda.result(part)?.verdict)).toEqual([
      "valid",
      undefined,
      "invalid",
      undefined,
    ]);
  });

  test("unless all keys are asked for", () => {
    const { next, settle, agenda } = agendaOf([10, 20], 1, true);
    settle(next(), invalid);
    expect(next().part).toBe(1);
    expect(agenda.result(0)).toEqual(invalid);
  });
});
