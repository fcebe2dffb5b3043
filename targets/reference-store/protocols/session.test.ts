import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { CausalEntry } from "../causal-log.ts";
import type { Effect } from "../frame.ts";
import type { StepObserver } from "../simulated-program.ts";
import { causalWitness } from "../testing/causal-witness.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { oneNode, repliesIn, request } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { joined, type VectorClock } from "../vector-clock.ts";
import { type ServerState, type SessionMessage, type StampedWrite, session } from "./session.ts";

/** Server n1 with some of the guarantees. */
function server(guarantees: string) {
  return oneNode(session, { id: "n1", options: { guarantees } });
}

function update(origin: string, value: number, time = 1): SessionMessage {
  const body: StampedWrite = { key: "x", value, stamp: [time, origin] };
  return { type: "Updates", entries: [{ origin, number: 1, after: {}, body }] };
}

const read = (reads = {}, writes = {}) => request("read", null, { context: { reads, writes } });
const write = (value: number, reads = {}, writes = {}) =>
  request("write", value, { context: { reads, writes } });

function updates(effects: readonly Effect<SessionMessage>[]) {
  const sent = effects.flatMap((effect) => (effect.type === "send" ? [effect.message] : []));
  return sent.flatMap((message) => (message.type === "Updates" ? message.entries : []));
}

describe("a server", () => {
  it.each([
    { guarantee: "ryw", waits: read({}, { n2: 1 }), serves: read({ n2: 1 }) },
    { guarantee: "mr", waits: read({ n2: 1 }), serves: read({}, { n2: 1 }) },
    { guarantee: "wfr", waits: write(1, { n2: 1 }), serves: write(1, {}, { n2: 1 }) },
    { guarantee: "mw", waits: write(1, {}, { n2: 1 }), serves: write(1, { n2: 1 }) },
  ])("with $guarantee waits for one vector at one kind of operation", ({ guarantee, waits, serves }) => {
    expect(repliesIn(server(guarantee).ask(serves))).toHaveLength(1);
    const { ask, hear } = server(guarantee);
    expect(repliesIn(ask(waits))).toEqual([]);
    expect(repliesIn(hear("n2", update("n2", 7)))).toHaveLength(1);
  });

  it("with none waits for nothing", () => {
    const { ask } = server("none");
    for (const each of [read({ n2: 1 }, { n3: 1 }), write(1, { n2: 1 }, { n3: 1 })]) {
      expect(repliesIn(ask(each))).toHaveLength(1);
    }
  });

  it("tells a reader which write it saw, and a writer which it made", () => {
    const { ask, hear } = server("mr");
    hear("n2", update("n2", 7));
    expect(repliesIn(ask(read({}, { n3: 4 })))).toMatchObject([
      { value: 7, context: { reads: { n2: 1 }, writes: { n3: 4 } } },
    ]);
    expect(repliesIn(ask(write(8, { n2: 1 }, { n3: 4 })))).toMatchObject([
      { context: { reads: { n2: 1 }, writes: { n1: 1, n3: 4 } } },
    ]);
  });

  it("sends a write with what its session demanded, and with no more", () => {
    const { ask, hear } = server("wfr");
    hear("n2", update("n2", 7));
    expect(updates(ask(write(8, {}, { n2: 1 })))).toMatchObject([{ after: {} }]);
    expect(updates(ask(write(9, { n2: 1 })))).toMatchObject([{ after: { n2: 1 } }]);
  });

  it("tells one other server of a write at once, and the rest when they ask", () => {
    const { ask, hear } = server("none");
    expect(updates(ask(write(8)))).toHaveLength(1);
    for (const node of ["n2", "n3"])
      expect(updates(hear(node, { type: "Digest", clock: {} }))).toHaveLength(1);
  });

  it("stamps a write later than all that it has", () => {
    const { ask, hear } = server("none");
    hear("n2", update("n2", 7, 41));
    expect(updates(ask(write(8)))).toMatchObject([{ body: { stamp: [42, "n1"] } }]);
  });
});

/** Shows an observer every write with all that it comes after, not only what its session demanded by itself. */
function withWholePast(observe: StepObserver<ServerState, Json>): StepObserver<ServerState, Json> {
  const pasts = new Map<string, VectorClock>();
  const pastOf = ([origin, number]: readonly [string, number]) => pasts.get(`${origin} ${number}`) ?? {};
  const whole = (entry: CausalEntry<StampedWrite>) => {
    const { origin, number } = entry;
    const demanded = Object.entries(entry.after).map(pastOf).reduce(joined, entry.after);
    const after = joined(demanded, pastOf([origin, number - 1]));
    pasts.set(`${origin} ${number}`, { ...after, [origin]: number });
    return { ...entry, after };
  };
  return (step) => {
    const effects = step.effects.map((effect) =>
      effect.type === "append"
        ? { ...effect, entries: (effect.entries as readonly CausalEntry<StampedWrite>[]).map(whole) }
        : effect,
    );
    observe({ ...step, effects });
  };
}

describe("session with all guarantees", () => {
  const evidence = evidenceBeyond({ faults: 8, operations: 60 });

  it.each(seeds(20))(
    "seed %i: shows every session its causal past, wherever it asks, and comes back",
    async (seed) => {
      const witness = causalWitness<ServerState, StampedWrite>({
        write: (body) => body,
        givesWay: ({ body: { stamp } }, { body: { stamp: other } }) =>
          stamp[0] < other[0] || (stamp[0] === other[0] && stamp[1] < other[1]),
      });
      const run = await chaosRun({
        protocol: session,
        seed,
        roams: true,
        observe: withWholePast(witness.observe),
      });
      const operations = witness.verify(run.operations);
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      evidence.count(run, { operations });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
