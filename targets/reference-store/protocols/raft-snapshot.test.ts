import { describe, expect, it } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { resolveOptions } from "../../../harness/ports/options.ts";
import {
  acknowledge,
  entriesOf,
  entry,
  heartbeat,
  request,
  sent,
  server,
  TIMEOUT_NS,
} from "../testing/raft-server.ts";
import { raft } from "./raft.ts";
import type { RaftMessage } from "./raft-messages.ts";

describe("a raft server with snapshots (section 7)", () => {
  const options = { "snapshot-every": "2" };
  const requests = [request(1), request(2), request(3)];

  function leaderWithSnapshot() {
    const leader = server({ options });
    leader.lead();
    for (const asked of requests) leader.ask(asked);
    leader.hear("n2", acknowledge(leader.state, 4));
    return leader;
  }

  it("drops what is applied, and starts again on the snapshot", () => {
    const { state } = leaderWithSnapshot();
    expect(state.log.snapshot).toMatchObject({ lastIndex: 4, about: { lastTerm: 1 } });
    expect(entriesOf(state)).toEqual([]);
    const records = new Map<string, Json>([["snapshot", { snapshot: state.log.snapshot, file: "log b" }]]);
    const config = {
      id: "n1",
      nodes: ["n1"],
      timeoutNs: TIMEOUT_NS,
      bugs: new Set<string>(),
      options: resolveOptions("raft", raft.options ?? {}, options),
    };
    const again = raft.start(config, { records, logs: new Map() }, { nowNs: 0, random: new Random(1) }).state;
    expect(again).toMatchObject({ commitIndex: 4, lastApplied: 4, members: ["n1", "n2", "n3"] });
    expect(again.machine.read(request(9, "read"))).toEqual({ type: "ok", value: 3 });
    expect(again.machine.applied(request(3))).toBe(true);
  });

  it("sends its snapshot to a follower that lacks what it dropped", () => {
    const { state, on, hear } = leaderWithSnapshot();
    expect(sent(on({ type: "timer", name: "heartbeat" }), "n3")).toMatchObject([
      { type: "InstallSnapshot", snapshot: { lastIndex: 4 } },
    ]);
    hear("n3", acknowledge(state, 4));
    expect(state.followers.get("n3")).toMatchObject({ matchIndex: 4, nextIndex: 5, inFlight: 0 });
  });

  it("installs a snapshot before it tells of it, and keeps only what follows an entry that agrees", () => {
    const { snapshot } = leaderWithSnapshot().state.log;
    const install: RaftMessage = { type: "InstallSnapshot", term: 1, snapshot, round: 7 };
    const rest = server({ term: 1, log: [1, 2, 3, 4, 5].map((i) => entry(1, i)) });
    const effects = rest.hear("n2", install);
    expect(entriesOf(rest.state)).toEqual([entry(1, 5)]);
    expect(effects.map(({ type }) => type).lastIndexOf("sync")).toBeLessThan(
      effects.findIndex(({ type }) => type === "send"),
    );
    expect(sent(effects, "n2")).toMatchObject([{ success: true, index: 4, round: 7 }]);
    const conflict = server({ term: 1, log: [1, 2, 3, 4, 5].map((i) => entry(0, i)) });
    conflict.hear("n2", install);
    expect(entriesOf(conflict.state)).toEqual([]);
    expect(conflict.state).toMatchObject({ commitIndex: 4, lastApplied: 4 });
  });

  it("takes no notice of a snapshot of what it has applied", () => {
    const { snapshot } = leaderWithSnapshot().state.log;
    const { state, hear } = server({ term: 1 });
    hear("n2", { type: "InstallSnapshot", term: 1, snapshot, round: 1 });
    const more = {
      ...heartbeat(1),
      prevLogIndex: 4,
      prevLogTerm: 1,
      entries: [entry(1, 9)],
      leaderCommit: 5,
    };
    hear("n2", more);
    hear("n2", { type: "InstallSnapshot", term: 1, snapshot, round: 1 });
    expect(state).toMatchObject({ commitIndex: 5, lastApplied: 5 });
  });

  it("compares entries from before its snapshot with nothing", () => {
    const { snapshot } = leaderWithSnapshot().state.log;
    const { state, hear } = server({ term: 1 });
    hear("n2", { type: "InstallSnapshot", term: 1, snapshot, round: 1 });
    const entries = [2, 3, 4, 5].map((i) => entry(1, i));
    const late = { ...heartbeat(1), prevLogIndex: 1, prevLogTerm: 1, entries, leaderCommit: 5 };
    expect(sent(hear("n2", late), "n2")).toMatchObject([{ success: true, index: 5 }]);
    expect(entriesOf(state)).toEqual([entry(1, 5)]);
  });
});
