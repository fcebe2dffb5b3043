import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import type { AsyncPrimaryState } from "./async-failover.ts";
import { asyncPrimary } from "./async-primary.ts";

const write = request("write", 1);

/** Node n1, with one update of epoch 1. */
function replica() {
  const node = oneNode(asyncPrimary, { id: "n1" });
  node.hear("n2", {
    type: "Replicate",
    epoch: 1,
    position: 1,
    request: request("write", 7, { client: "c7" }),
  });
  node.hear("n2", { type: "Heartbeat", epoch: 1, position: 0 });
  node.hear("n2", { type: "Snapshot", epoch: 1, position: 1, data: { machine: [["x", 7]], sessions: [] } });
  return node;
}

/** Node n1, elected by n2. */
function primary() {
  const node = replica();
  node.fire("failover");
  node.hear("n2", { type: "Agree", epoch: 2, granted: true });
  return node;
}

describe("async-primary", () => {
  it("acknowledges an update that is durable here, and replicates it without waiting", () => {
    const effects = primary().ask(write);
    expect(effects.map((effect) => effect.type)).toEqual([
      "set-timer",
      "write",
      "sync",
      "reply",
      "send",
      "send",
    ]);
  });

  it("gets a copy of everything where it missed something, or the epoch is another", () => {
    const { hear, ask } = replica();
    const missed = { type: "Replicate", epoch: 1, position: 3, request: write } as const;
    expect(sentTo(hear("n2", missed), "n2")).toEqual([{ type: "Resync" }]);
    expect(sentTo(hear("n3", { type: "Heartbeat", epoch: 2, position: 1 }), "n3")).toEqual([
      { type: "Resync" },
    ]);
    hear("n3", { type: "Snapshot", epoch: 2, position: 1, data: { machine: [["x", 8]], sessions: [] } });
    expect(repliesIn(ask(request("read", null)))).toEqual([{ type: "ok", value: 8 }]);
  });

  it("agrees once in an epoch, to nobody who has less, and remembers it", () => {
    const { hear } = replica();
    const propose = (from: string, epoch: number, position: number) =>
      hear(from, { type: "Propose", epoch, version: { epoch: 1, position } });
    expect(sentTo(propose("n2", 2, 0), "n2")).toEqual([{ type: "Agree", epoch: 1, granted: false }]);
    const agreed = propose("n2", 2, 1);
    expect(agreed.map((effect) => effect.type)).toEqual(["write", "sync", "set-timer", "send"]);
    expect(sentTo(propose("n3", 2, 5), "n3")).toEqual([{ type: "Agree", epoch: 2, granted: false }]);
  });

  it("steps down for a newer epoch, and not for an older one", () => {
    const { hear, state } = primary();
    hear("n2", { type: "Heartbeat", epoch: 1, position: 9 });
    expect(state.primary).toBe("n1");
    hear("n3", { type: "Heartbeat", epoch: 3, position: 0 });
    expect(state.primary).toBe("n3");
  });

  it("loses on fail-over what it acknowledged and nobody else has", () => {
    const { ask, hear } = primary();
    expect(repliesIn(ask(write))).toEqual([{ type: "ok", value: 1 }]);
    const rest = { epoch: 3, position: 1 };
    expect(sentTo(hear("n2", { type: "Heartbeat", ...rest }), "n2")).toEqual([{ type: "Resync" }]);
    hear("n2", { type: "Snapshot", ...rest, data: { machine: [["x", 7]], sessions: [] } });
    expect(repliesIn(ask(request("read", null)))).toEqual([{ type: "ok", value: 7 }]);
  });

  const evidence = evidenceBeyond({ faults: 8, epochs: 3, acknowledged: 80 });

  it.each(seeds(20))(
    "seed %i: has one primary an epoch and the same data for the same version, and comes back, whatever strikes",
    async (seed) => {
      const primaries = new Map<number, string>();
      const versions = new Map<string, string>();
      const seen = new Map<string, AsyncPrimaryState["version"]>();
      const run = await chaosRun({
        protocol: asyncPrimary,
        seed,
        nodes: seed % 3 === 0 ? 3 : 5,
        observe: ({ state }) => {
          const { id, epoch, version, machine } = state;
          if (state.primary === id) expect(primaries.get(epoch) ?? id).toBe(id);
          if (state.primary === id) primaries.set(epoch, id);
          if (seen.get(id) === version) return;
          seen.set(id, version);
          const data = JSON.stringify(machine.snapshot());
          const name = `${version.epoch} ${version.position}`;
          expect(versions.get(name) ?? data).toBe(data);
          versions.set(name, data);
        },
      });
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      evidence.count(run, { epochs: primaries.size });
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
