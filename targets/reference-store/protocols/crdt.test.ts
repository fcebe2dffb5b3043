import { describe, expect, it } from "vitest";
import type { Effect } from "../frame.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { type CrdtMessage, crdt } from "./crdt.ts";

const read = request("read", null);
const counter = (replication: string) => ({ type: "pn-counter", replication });

/** What an event left on the disk, as a start finds it. */
function diskAfter(effects: readonly Effect<CrdtMessage>[]) {
  const records = effects.flatMap((each) =>
    each.type === "write" ? [[each.name, each.value] as const] : [],
  );
  const logs = effects.flatMap((each) =>
    each.type === "append" ? [[each.name, each.entries] as const] : [],
  );
  return { records: new Map(records), logs: new Map(logs) };
}

describe("crdt", () => {
  it("makes an update durable before anybody hears of it", () => {
    const stateBased = oneNode(crdt, { id: "n1", options: counter("state") });
    expect(stateBased.ask(request("add", 2)).map(({ type }) => type)).toEqual(["write", "sync", "reply"]);
    const operationBased = oneNode(crdt, { id: "n1", options: counter("operation") });
    expect(operationBased.ask(request("add", 2)).map(({ type }) => type)).toEqual([
      "append",
      "sync",
      "send",
      "send",
      "reply",
    ]);
  });

  it.each(["state", "operation"])("%s-based: holds after a start what the disk holds", (replication) => {
    const options = counter(replication);
    const disk = diskAfter(oneNode(crdt, { id: "n1", options }).ask(request("add", 2)));
    expect(repliesIn(oneNode(crdt, { id: "n1", options, disk }).ask(read))).toEqual([
      { type: "ok", value: 2 },
    ]);
  });

  it("state-based: sends a state to a peer until that has merged it, and again when it changed meanwhile", () => {
    const { ask, fire, hear } = oneNode(crdt, { id: "n1", options: counter("state") });
    ask(request("add", 2));
    expect(sentTo(fire("exchange"), "n2")).toMatchObject([
      { type: "Merge", states: [{ key: "x", version: 1 }] },
    ]);
    ask(request("add", 3));
    hear("n2", { type: "Merged", versions: [["x", 1]] });
    expect(sentTo(fire("exchange"), "n2")).toMatchObject([{ states: [{ version: 2 }] }]);
    hear("n2", { type: "Merged", versions: [["x", 2]] });
    expect(sentTo(fire("exchange"), "n2")).toEqual([]);
  });

  it("state-based: a state that arrives twice counts once", () => {
    const other = oneNode(crdt, { id: "n2", options: counter("state") });
    other.ask(request("add", 4));
    const [merge] = sentTo(other.fire("exchange"), "n1") as [CrdtMessage];
    const { ask, hear } = oneNode(crdt, { id: "n1", options: counter("state") });
    for (let arrival = 0; arrival < 2; arrival++) hear("n2", merge);
    expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: 4 }]);
  });

  it("operation-based: an update that arrives twice counts once", () => {
    const other = oneNode(crdt, { id: "n2", options: counter("operation") });
    const [updates] = sentTo(other.ask(request("add", 4)), "n1") as [CrdtMessage];
    const { ask, hear } = oneNode(crdt, { id: "n1", options: counter("operation") });
    for (let arrival = 0; arrival < 2; arrival++) hear("n2", updates);
    expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: 4 }]);
  });

  it("refuses what the type does not have, definitely, and what it cannot do as an answer", () => {
    const { ask } = oneNode(crdt, { id: "n1", options: { type: "2p-set" } });
    expect(repliesIn(ask(request("write", 1)))).toMatchObject([{ type: "error", definite: true }]);
    ask(request("add", 1));
    ask(request("remove", 1));
    expect(repliesIn(ask(request("add", 1)))).toMatchObject([{ type: "fail", code: "refused" }]);
  });
});
