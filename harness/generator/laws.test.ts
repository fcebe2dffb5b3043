import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../clock/random.ts";
import { any } from "./any.ts";
import { concurrentKeys } from "./concurrent-keys.ts";
import { rootContext } from "./context.ts";
import { cycle } from "./cycle.ts";
import { deferred } from "./deferred.ts";
import { delay } from "./delay.ts";
import { eachThread } from "./each-thread.ts";
import { filter } from "./filter.ts";
import { flipFlop } from "./flip-flop.ts";
import { fromFunction } from "./from-function.ts";
import type { Context, GeneratedOperation, Generator, Offer } from "./generator.ts";
import { limit } from "./limit.ts";
import { log } from "./log.ts";
import { map } from "./map.ts";
import { mix } from "./mix.ts";
import { nothing } from "./nothing.ts";
import { clients, nemesis, onThreads } from "./on-threads.ts";
import { operation } from "./operation.ts";
import { processLimit } from "./process-limit.ts";
import { repeat } from "./repeat.ts";
import { reserve } from "./reserve.ts";
import { schedule } from "./schedule.ts";
import { script } from "./script.ts";
import { sequence } from "./sequence.ts";
import { type SimulatedCompletion, type Simulation, simulate } from "./simulate.ts";
import { imperfect, perfect, perfectInfo } from "./simulated-completions.ts";
import { sleep } from "./sleep.ts";
import { stagger } from "./stagger.ts";
import { phases, synchronize } from "./synchronize.ts";
import { timeLimit } from "./time-limit.ts";
import { until } from "./until.ts";
import { untilOk } from "./until-ok.ts";

// Every law is put to generators of every shape: random trees of all combinators.

const rarely0 = (max: number) =>
  fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max }) }, { weight: 1, arbitrary: fc.constant(0) });
const small = rarely0(9);
const durationNs = rarely0(200);
const f = fc.constantFrom("a", "b", "c");

const { tree } = fc.letrec<{ tree: Generator; leaf: Generator }>((tie) => {
  const inner = tie("tree");
  const of = (build: (generator: Generator) => Generator) => inner.map(build);
  const of2 = (build: (a: Generator, b: Generator) => Generator) =>
    fc.tuple(inner, inner).map((ab) => build(...ab));
  const sized = (build: (size: number, generator: Generator) => Generator) =>
    fc.tuple(small, inner).map(([size, generator]) => build(size, generator));
  const timed = (build: (timeNs: number, generator: Generator) => Generator) =>
    fc.tuple(durationNs, inner).map(([timeNs, generator]) => build(timeNs, generator));
  return {
    leaf: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.tuple(small, f).map(([count, name]) => repeat(count, operation({ f: name }))),
      },
      fc
        .array(fc.record({ timeNs: durationNs, thread: fc.nat(3), f, value: fc.constant(null) }), {
          maxLength: 9,
        })
        .map(script),
      fc.constant(nothing),
      f.map((name) => operation({ f: name })),
      small.map((count) =>
        fromFunction((context, ordinal) =>
          ordinal < count ? { f: "drawn", value: context.random.int(100) } : undefined,
        ),
      ),
      durationNs.map(sleep),
      fc.constant(log("line")),
      fc
        .array(durationNs, { maxLength: 3 })
        .map((times) => schedule(times.map((timeNs) => ({ timeNs, f: "fault", value: null })))),
    ),
    tree: fc.oneof(
      { depthSize: "medium", maxDepth: 7, withCrossShrink: true },
      tie("leaf"),
      { weight: 6, arbitrary: of2((a, b) => sequence(a, b)) },
      of2((a, b) => phases(a, b)),
      { weight: 6, arbitrary: of2((a, b) => any(a, b)) },
      of2((a, b) => any(a, b, a)),
      { weight: 3, arbitrary: of2((a, b) => mix(a, [3, b])) },
      of2((a, b) => flipFlop(a, b)),
      of2((a, b) => clients(reserve([1, a], b))),
      sized(limit),
      sized((count, generator) => cycle(Math.min(count, 2), generator)),
      sized(repeat),
      sized((count, generator) => processLimit(4 * count, generator)),
      sized((groups, generator) =>
        concurrentKeys({
          groups: groups + 1,
          keyCount: groups + 1,
          keys: (ordinal) => ordinal,
          generatorFor: () => generator,
        }),
      ),
      sized((parity, generator) =>
        onThreads((thread) => thread === "nemesis" || thread % 2 === parity % 2, generator),
      ),
      timed(timeLimit),
      timed(stagger),
      timed(delay),
      of(clients),
      of(nemesis),
      of(synchronize),
      of(untilOk),
      of(eachThread),
      of((generator) => until(() => false, generator)),
      of((generator) => deferred(() => generator)),
      of((generator) => map(({ f: name, value }) => ({ f: `${name}!`, value }), generator)),
      of((generator) => filter(() => true, generator)),
      of((generator) => fromFunction((_, ordinal) => (ordinal < 2 ? generator : undefined))),
    ),
  };
});

function random(_: unknown, chance: Random): SimulatedCompletion {
  return { type: chance.pick(["ok", "ok", "fail"]), latencyNs: chance.int(40) };
}

const simulation = fc.record<Simulation>({
  concurrency: fc.nat(5),
  seed: fc.nat(10_000),
  nemesis: fc.boolean(),
  complete: fc.constantFrom(perfect, perfectInfo, imperfect, random),
});

/** Puts a question to a generator in place of its run, and may ask more on the way. */
function asking(ask: (generator: Generator, context: Context) => Offer, generator: Generator): Generator {
  return {
    op(context) {
      const offer = ask(generator, context);
      return typeof offer === "string"
        ? offer
        : { operation: offer.operation, next: asking(ask, offer.next) };
    },
    update: (context, event) => asking(ask, generator.update(context, event)),
  };
}

/** The same context once more, or at a later time or with another chance. */
function again(context: Context, seed: number, timeNs = context.timeNs): Context {
  const processes = [...context.threads.without("nemesis")].map((thread) =>
    Number(context.processOf(thread)),
  );
  return rootContext(
    { threads: context.threads, free: context.free, processes },
    timeNs,
    new Random(seed),
    0,
  );
}

/** Asks, then asks and tells other things, none of which may leave a trace, and asks again. */
function askTwice(generator: Generator, context: Context): Offer {
  const seed = context.random.uint32();
  const first = generator.op(again(context, seed));
  generator.op(again(context, seed + 1, context.timeNs + 7));
  for (const thread of context.threads) {
    const process = context.processOf(thread);
    const event = { type: "ok" as const, timeNs: context.timeNs, thread, process, f: "a", value: null };
    generator.update(again(context, seed), event);
  }
  const second = generator.op(again(context, seed));
  expect(operationOf(second)).toEqual(operationOf(first));
  return second;
}

function operationOf(offer: Offer): GeneratedOperation | string {
  return typeof offer === "string" ? offer : offer.operation;
}

describe("every generator", () => {
  it("ends, with an answer to every invocation", () => {
    fc.assert(
      fc.property(tree, simulation, (generator, options) => {
        const events = simulate(generator, options);
        expect(events.filter(({ type }) => type !== "invoke")).toHaveLength(events.length / 2);
      }),
      { numRuns: 800 },
    );
  });

  it("is pure: the same question has the same answer, whatever was asked and told in between", () => {
    fc.assert(
      fc.property(tree, simulation, (generator, options) => {
        simulate(asking(askTwice, generator), options);
      }),
      { numRuns: 800 },
    );
  });

  it("is the same in every run", () => {
    fc.assert(
      fc.property(tree, simulation, (generator, options) => {
        expect(simulate(generator, options)).toEqual(simulate(generator, options));
      }),
      { numRuns: 800 },
    );
  });

  it("asks for operations that can be run, at times that never decrease", () => {
    fc.assert(
      fc.property(tree, simulation, (generator, options) => {
        const taken: GeneratedOperation[] = [];
        const checked = asking((current, context) => {
          const offer = current.op(context);
          if (typeof offer === "string") return offer;
          const { timeNs, thread } = offer.operation;
          expect(timeNs).toBeGreaterThanOrEqual(context.timeNs);
          expect(context.free.has(thread)).toBe(true);
          return offer;
        }, generator);
        simulate(checked, { ...options, onEmission: (taking) => taken.push(taking) });
        const times = taken.map(({ timeNs }) => timeNs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
      { numRuns: 800 },
    );
  });

  it("once done stays done, whatever time and chance bring", () => {
    fc.assert(
      fc.property(tree, simulation, (generator, options) => {
        const absorbing = asking((current, context) => {
          const seed = context.random.uint32();
          const offer = current.op(again(context, seed));
          if (offer === "done") {
            expect(current.op(again(context, seed + 1))).toBe("done");
            expect(current.op(again(context, seed + 2, context.timeNs + 1_000))).toBe("done");
          }
          return offer;
        }, generator);
        simulate(absorbing, options);
      }),
      { numRuns: 800 },
    );
  });

  it("without threads is done, by way of sleeps and lines at the most", () => {
    fc.assert(
      fc.property(tree, fc.nat(100), (generator, seed) => {
        expect(simulate(generator, { seed, concurrency: 0, complete: perfect })).toEqual([]);
      }),
    );
  });
});

describe("limit", () => {
  it("cuts off what comes later and changes nothing before", () => {
    fc.assert(
      fc.property(tree, simulation, fc.nat(12), (generator, options, count) => {
        const taken = (limited: Generator) => {
          const operations: GeneratedOperation[] = [];
          simulate(limited, { ...options, onEmission: (taking) => operations.push(taking) });
          return operations;
        };
        expect(taken(limit(count, generator))).toEqual(taken(generator).slice(0, count));
      }),
      { numRuns: 800 },
    );
  });
});
