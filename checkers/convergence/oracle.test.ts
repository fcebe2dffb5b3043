import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "../testing/history-of.ts";
import { historyOf } from "../testing/history-of.ts";
import { storeHistory } from "../testing/store-history.ts";
import { eventual, strongEventual } from "./convergence.ts";

const HISTORIES = 20_000;

/** An operation as the definitions below see it. */
interface Seen {
  readonly f: string;
  readonly value: Json;
  readonly node: string;
  readonly call: number;
  /** Infinite where nobody knows whether it happened. */
  readonly ret: number;
  readonly type: "ok" | "fail" | "info";
  readonly answer: Json;
}

type Ask = (random: Random) => { readonly f: string; readonly value: Json };
type Answer = (random: Random, f: string, value: Json) => Json;

/** Three processes at two nodes that ask and are answered by chance, then one read of everything at each node. */
function drawn(
  random: Random,
  count: number,
  ask: Ask,
  answer: Answer,
  end: Json,
): { events: BareEvent[]; seen: Seen[] } {
  const events: BareEvent[] = [];
  const seen: Seen[] = [];
  const open = new Map<number, { f: string; value: Json; call: number }>();
  let asked = 0;
  const ids = [0, 1, 2];
  const close = (slot: number, type: "ok" | "fail" | "info") => {
    const { f, value, call } = open.get(slot) as { f: string; value: Json; call: number };
    open.delete(slot);
    const node = slot === 2 ? "n2" : `n${slot + 1}`;
    const reply = type === "ok" ? answer(random, f, value) : value;
    const process = ids[slot] as number;
    if (type === "info") ids[slot] = process + 3;
    const ret = type === "info" ? Number.POSITIVE_INFINITY : events.length;
    events.push({ type, process, f, value: reply, node });
    seen.push({ f, value, node, call, ret, type, answer: reply });
  };
  while (asked < count || open.size > 0) {
    const slot = random.int(3);
    if (open.has(slot)) close(slot, random.pick(["ok", "ok", "ok", "ok", "fail", "info"]));
    else if (asked < count) {
      asked++;
      const question = ask(random);
      open.set(slot, { ...question, call: events.length });
      events.push({ type: "invoke", process: ids[slot] as number, ...question });
    }
  }
  for (const event of storeHistory(
    `heal\n97@n1 read = ${JSON.stringify(end)}\n98@n2 read = ${JSON.stringify(end)}`,
  )) {
    if (event.type === "ok" && event.node !== undefined) {
      const { f, value, node } = event;
      seen.push({
        f,
        value: null,
        node,
        call: events.length - 1,
        ret: events.length,
        type: "ok",
        answer: value,
      });
    }
    events.push(event);
  }
  return { events, seen: seen.sort((a, b) => a.call - b.call) };
}

const subsets = <T>(items: readonly T[]): T[][] =>
  items.reduce<T[][]>((sets, item) => sets.concat(sets.map((each) => [...each, item])), [[]]);

/** Compares with an oracle over many histories, of which enough must be valid and enough invalid. */
function agree(
  name: string,
  history: (random: Random) => { events: BareEvent[]; expected: boolean; found: string },
) {
  const counts = { valid: 0, invalid: 0 };
  for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
    const { events, expected, found } = history(new Random(5).stream(name).fork(ordinal));
    const wanted = expected ? "valid" : "invalid";
    counts[wanted]++;
    if (found !== wanted) {
      expect.fail(
        [`history ${ordinal} is ${wanted}, not ${found}`, ...events.map((each) => JSON.stringify(each))].join(
          "\n",
        ),
      );
    }
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(HISTORIES / 20);
}

describe("of one element, the ends that some execution leads to are those that the checker accepts", () => {
  const ask: Ask = (random) =>
    random.pick([
      { f: "add", value: 1 },
      { f: "add", value: 1 },
      { f: "remove", value: [1, null] },
      { f: "contains", value: [1, null] },
    ]);
  const answer: Answer = (random, f, value) =>
    f === "add" ? value : f === "contains" ? [1, random.chance(0.8)] : [1, random.pick([null, true, false])];

  /** Tries all choices: which unanswered operations happened, and which adds each remove takes away. */
  function someExecution(seen: readonly Seen[], isThere: boolean, leavesTombstone: boolean): boolean {
    const adds = seen.filter(({ f, type }) => f === "add" && type !== "fail");
    const removes = seen.filter(({ f, type }) => f === "remove" && type !== "fail");
    const told = ({ type, answer }: Seen) => (type === "ok" && Array.isArray(answer) ? answer[1] : null);
    const sightings = seen.filter(
      (each) =>
        each.type === "ok" &&
        (each.f === "read" ? (each.answer as Json[]).length > 0 : each.f !== "add" && told(each) === true),
    );
    const certain = [...adds, ...removes].filter(({ type }) => type === "ok");
    const perhaps = [...adds, ...removes].filter(({ type }) => type === "info");
    return subsets(perhaps).some((chosen) => {
      const happened = new Set([...certain, ...chosen]);
      const added = adds.filter((add) => happened.has(add));
      // Whoever saw it saw what some add had put there.
      if (!sightings.every((sighting) => added.some((add) => add.call < sighting.ret))) return false;
      let gone: Seen[][] = [[]];
      for (const remove of removes.filter((each) => happened.has(each))) {
        const may = added.filter(
          (add) => remove.ret > add.call && (leavesTombstone || told(remove) !== false),
        );
        const takes = subsets(may).filter((taken) => {
          if (remove.type !== "ok" || told(remove) === false) return true;
          const acknowledged = may.filter(
            (add) => add.type === "ok" && add.node === remove.node && add.ret < remove.call,
          );
          if (!acknowledged.every((add) => taken.includes(add))) return false;
          const before = sightings.filter(
            (each) => each === remove || (each.node === remove.node && each.ret < remove.call),
          );
          return before.every((each) => taken.some((add) => add.call < each.ret));
        });
        gone = gone.flatMap((already) => takes.map((taken) => [...already, ...taken]));
      }
      return gone.some((taken) => added.some((add) => !taken.includes(add)) === isThere);
    });
  }

  test.each([
    ["set", true],
    ["or-set", false],
  ] as const)("in a %s", (model, leavesTombstone) => {
    agree(model, (random) => {
      const isThere = random.chance(0.5);
      const { events, seen } = drawn(random, random.between(1, 6), ask, answer, isThere ? [1] : []);
      const expected = someExecution(seen, isThere, leavesTombstone);
      return { events, expected, found: eventual({ model }).check(historyOf(events)).validity };
    });
  });
});

test("of a counter, the ends that some choice of unanswered adds leads to", () => {
  agree("counter", (random) => {
    const ask: Ask = (each) => ({ f: "add", value: each.pick([1, 2, 3, -1]) });
    const end = random.between(-1, 6);
    const { events, seen } = drawn(random, random.between(1, 5), ask, (_, __, value) => value, end);
    const adds = seen.filter(({ f, type }) => f === "add" && type !== "fail");
    const sum = (all: readonly Seen[]) => all.reduce((total, { value }) => total + (value as number), 0);
    const certain = sum(adds.filter(({ type }) => type === "ok"));
    const expected = subsets(adds.filter(({ type }) => type === "info")).some(
      (chosen) => certain + sum(chosen) === end,
    );
    return { events, expected, found: eventual({ model: "counter" }).check(historyOf(events)).validity };
  });
});

test("of a register, the ends that some order of the writes leads to", () => {
  agree("register", (random) => {
    const ask: Ask = (each) =>
      each.chance(0.6) ? { f: "write", value: each.int(3) } : { f: "read", value: null };
    const answer: Answer = (each, f, value) => (f === "write" ? value : each.pick([null, null, 0, 1, 2]));
    const end = random.pick([null, 0, 1, 2]);
    const { events, seen } = drawn(random, random.between(1, 5), ask, answer, end);
    const writes = seen.filter(({ f, type }) => f === "write" && type !== "fail");
    const shown = seen.filter(({ f, type }) => f === "read" && type === "ok");
    const known = shown.every(
      (read) =>
        read.answer === null || writes.some((write) => write.value === read.answer && write.call < read.ret),
    );
    const last = writes.filter(({ type }) => type === "info" || type === "ok").map(({ value }) => value);
    const none = writes.every(({ type }) => type === "info");
    const expected = known && (end === null ? none : last.includes(end));
    return { events, expected, found: eventual({ model: "register" }).check(historyOf(events)).validity };
  });
});

test("of a list, the answers that one order of all elements explains", () => {
  const ids = ["a", "b", "c", "d"];
  const permutations = (items: readonly string[]): string[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item) =>
          permutations(items.filter((each) => each !== item)).map((rest) => [item, ...rest]),
        );
  const all = permutations(ids);
  agree("list", (random) => {
    const end = random.shuffle(ids);
    const anchors = ids.map((id) => random.pick([null, null, ...ids.filter((each) => each < id)]));
    const inserts = ids.map((id, at) => `0@n1 insert ${JSON.stringify([id, anchors[at]])}`);
    const reads = Array.from({ length: random.int(4) }, () => {
      const some = random.chance(0.6)
        ? end.filter(() => random.chance(0.6))
        : random.shuffle(ids).slice(0, random.between(0, 3));
      return `1@n2 read = ${JSON.stringify(some)}`;
    });
    const last = [`0@n1 read = ${JSON.stringify(end)}`, `1@n2 read = ${JSON.stringify(end)}`];
    const events = storeHistory([...inserts, ...reads, "heal", ...last].join("\n"));
    const answers = events
      .filter(({ f, type }) => f === "read" && type === "ok")
      .map(({ value }) => value as string[]);
    const expected = all.some(
      (order) =>
        answers.every((answer) => {
          const places = answer.map((id) => order.indexOf(id));
          return places.every((place, at) => at === 0 || (places[at - 1] as number) < place);
        }) &&
        ids.every(
          (id, at) => anchors[at] === null || order.indexOf(anchors[at] as string) < order.indexOf(id),
        ),
    );
    const { validity } = strongEventual({ model: "list" }).check(historyOf(events));
    return { events, expected, found: validity };
  });
});
