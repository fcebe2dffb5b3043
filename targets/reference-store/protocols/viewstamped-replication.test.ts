import { describe, expect, it } from "vitest";
import { NS_PER_MS, NS_PER_S } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import type { ClientRequest, DiskContents, Effect, NodeEvent } from "../frame.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneCommandASlot } from "../testing/one-command-a-slot.ts";
import { seeds } from "../testing/seeds.ts";
import { viewstampedReplication } from "./viewstamped-replication.ts";
import type { LogEntry, VrMessage } from "./viewstamped-replication-state.ts";

const context = { nowNs: 0, random: new Random(1) };

function request(sequence: number, f = "write", client = "c1"): ClientRequest {
  return { client, sequence, f, key: "x", value: f === "read" ? null : sequence };
}

function entry(view: number, sequence: number): LogEntry {
  return { view, origin: "n9", request: request(sequence) };
}

/** A replica of three on such a disk, and what it does with the next event. n1 is primary of view 0, n2 of view 1. */
function replica(
  id: string,
  {
    log = [] as LogEntry[],
    view = 0,
    lastNormalView = undefined as number | undefined,
    storage = "stable",
    starts = 0,
  } = {},
) {
  const records: [string, Json][] = [["incarnation", starts]];
  if (storage === "stable") records.push(["view", { view, lastNormalView: lastNormalView ?? view }]);
  const disk: DiskContents = { records: new Map(records), logs: new Map([["log", log]]) };
  const nodes = ["n1", "n2", "n3"];
  const config = { id, nodes, timeoutNs: 100 * NS_PER_MS, bugs: new Set<string>(), options: { storage } };
  const { state } = viewstampedReplication.start(config, disk, context);
  const on = (event: NodeEvent<VrMessage>) => viewstampedReplication.handle(state, event, context);
  const hear = (from: string, message: VrMessage) => on({ type: "message", from, message });
  return { state, on, hear };
}

function sent(effects: readonly Effect<VrMessage>[], to: string): VrMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" && effect.to === to ? [effect.message] : []));
}

function replies(effects: readonly Effect<VrMessage>[]) {
  return effects.flatMap((effect) => (effect.type === "reply" ? [effect.sequence] : []));
}

describe("normal operation", () => {
  it("answers when f backups have prepared", () => {
    const { on, hear } = replica("n1");
    const effects = on({ type: "request", request: request(1) });
    expect(sent(effects, "n2")).toMatchObject([{ type: "Prepare", view: 0, opNumber: 1, commit: 0 }]);
    expect(replies(effects)).toEqual([]);
    expect(replies(hear("n3", { type: "PrepareOk", view: 0, opNumber: 1 }))).toEqual([1]);
  });

  it("has a backup append in order only, durably before it tells", () => {
    const { state, hear } = replica("n2");
    const prepare = (opNumber: number): VrMessage => ({
      type: "Prepare",
      view: 0,
      opNumber,
      entry: entry(0, opNumber),
      commit: 0,
    });
    expect(sent(hear("n1", prepare(2)), "n1")).toEqual([{ type: "GetState", view: 0, opNumber: 0 }]);
    const effects = hear("n1", prepare(1));
    const kinds = effects.map(({ type }) => type);
    expect(kinds.indexOf("sync")).toBeLessThan(kinds.indexOf("send"));
    expect(sent(effects, "n1")).toEqual([{ type: "PrepareOk", view: 0, opNumber: 1 }]);
    expect(state.log).toHaveLength(1);
  });

  it("takes nothing of an earlier view", () => {
    const { hear } = replica("n3", { view: 1 });
    const old: VrMessage = { type: "Prepare", view: 0, opNumber: 1, entry: entry(0, 1), commit: 0 };
    expect(hear("n1", old)).toEqual([]);
  });

  it("refuses requests definitely while it changes views", () => {
    const { on } = replica("n2");
    on({ type: "timer", name: "view" });
    expect(on({ type: "request", request: request(1) })).toMatchObject([
      { type: "reply", reply: { type: "error", code: "no-leader", definite: true } },
    ]);
  });
});

describe("a view change", () => {
  const doViewChange = (log: LogEntry[], lastNormalView: number, commit = 0): VrMessage => ({
    type: "DoViewChange",
    view: 4,
    log,
    lastNormalView,
    commit,
  });

  it("takes the log of the latest view, not the longest, and commits what anyone knew committed", () => {
    const { state, hear } = replica("n2", { log: [entry(0, 1), entry(0, 2), entry(0, 3)], view: 0 });
    hear("n3", { type: "StartViewChange", view: 4 });
    const effects = hear("n3", doViewChange([entry(0, 1), entry(2, 9)], 2, 1));
    expect(state).toMatchObject({ status: "normal", view: 4, lastNormalView: 4, commit: 1 });
    expect(state.log).toEqual([entry(0, 1), entry(2, 9)]);
    expect(sent(effects, "n1")).toContainEqual({ type: "StartView", view: 4, log: state.log, commit: 0 });
    expect(effects).toContainEqual({ type: "truncate", name: "log", length: 1 });
  });

  it("is brought to the new primary only when f others changed too", () => {
    const { on, hear } = replica("n3");
    expect(sent(on({ type: "timer", name: "view" }), "n2")).toEqual([{ type: "StartViewChange", view: 1 }]);
    expect(sent(hear("n1", { type: "StartViewChange", view: 1 }), "n2")).toMatchObject([
      { type: "DoViewChange", view: 1, lastNormalView: 0 },
    ]);
  });

  it("is remembered through a restart: the replica was normal in the earlier view", () => {
    const { state } = replica("n3", { view: 3, lastNormalView: 1, starts: 1 });
    expect(state).toMatchObject({ status: "view-change", view: 3, lastNormalView: 1 });
  });

  it("cuts nothing off the log before the new one is there", () => {
    const { state, hear } = replica("n3", { log: [entry(0, 1)] });
    const effects = hear("n2", { type: "Commit", view: 1, opNumber: 5, commit: 5 });
    expect(sent(effects, "n2")).toEqual([{ type: "GetState", view: 1, opNumber: 0 }]);
    expect(state).toMatchObject({ view: 0, log: [entry(0, 1)] });
    const entries = [entry(1, 7)];
    hear("n2", { type: "NewState", view: 1, after: 0, entries, commit: 1 });
    expect(state).toMatchObject({ view: 1, status: "normal", log: entries, commit: 1 });
  });
});

describe("recovery without a disk", () => {
  const response = (view: number, log: LogEntry[] | null, nonce = 2): VrMessage => ({
    type: "RecoveryResponse",
    view,
    nonce,
    state: log === null ? null : { log, commit: 0 },
  });

  it("waits for f + 1 responses, and the primary of the latest view among them", () => {
    const { state, hear } = replica("n3", { storage: "volatile", starts: 1 });
    expect(state.status).toBe("recovering");
    hear("n1", response(0, [entry(0, 1)]));
    expect(state.status).toBe("recovering");
    hear("n2", response(1, [entry(1, 2)]));
    expect(state).toMatchObject({ status: "normal", view: 1, log: [entry(1, 2)] });
  });

  it("does not count the response to an earlier recovery", () => {
    const { state, hear } = replica("n3", { storage: "volatile", starts: 1 });
    hear("n1", response(0, [], 1));
    hear("n2", response(0, null));
    expect(state.status).toBe("recovering");
  });

  it("says nothing meanwhile", () => {
    const { hear } = replica("n3", { storage: "volatile", starts: 1 });
    expect(hear("n1", { type: "StartViewChange", view: 1 })).toEqual([]);
    expect(hear("n2", { type: "Recovery", nonce: 1 })).toEqual([]);
  });

  it("is not for a replica that starts for the first time", () => {
    expect(replica("n3", { storage: "volatile" }).state.status).toBe("normal");
  });
});

describe("viewstamped-replication under kills, pauses, partitions, loss and duplication", () => {
  const evidence = evidenceBeyond({ faults: 8, views: 3, executed: 50, acknowledged: 80 });

  it.each(seeds(20))(
    "seed %i: executes one order, stays linearizable, and comes back",
    async (seed) => {
      const order = oneCommandASlot<LogEntry>();
      let views = 0;
      const run = await chaosRun({
        protocol: viewstampedReplication,
        seed,
        nodes: seed % 3 === 0 ? 3 : 5,
        observe({ node, state }) {
          order.observe(node, state.log, state.commit);
          views = Math.max(views, state.lastNormalView);
        },
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(10 * NS_PER_S);
      evidence.count(run, { views, executed: order.commands.length });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });

  it.each(seeds(4))(
    "seed %i: without a disk too, whatever comes back, it stays linearizable",
    async (seed) => {
      const order = oneCommandASlot<LogEntry>();
      const run = await chaosRun({
        protocol: viewstampedReplication,
        seed,
        options: { storage: "volatile" },
        observe: ({ node, state }) => order.observe(node, state.log, state.commit),
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
    },
    60_000,
  );
});
