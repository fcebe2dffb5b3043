import { describe, expect, it } from "vitest";
import { request } from "../testing/one-node.ts";
import { type Layout, layoutOf, layoutOptions, owners, partition } from "./sharded-layout.ts";
import { type Handover, Partitions } from "./sharded-partitions.ts";

const nodes = ["n1", "n2"];
const layout: Layout = layoutOf(nodes, {
  ...Object.fromEntries(Object.entries(layoutOptions).map(([name, { default: value }]) => [name, value])),
  "group-size": "1",
});
const key = ["a", "b", "c", "d", "e", "f"].find(
  (each) => owners(layout, layout.first)[partition(layout, each)] === 0,
) as string;
const without = { number: 1, members: ["n2"] };

const groups = (...bugs: string[]) => [0, 1].map((group) => new Partitions(layout, group, new Set(bugs)));
const ask = (of: Partitions | undefined, f: string, value: unknown, sequence = 1) =>
  of?.execute(request(f, value as never, { key, context: { client: "c1", sequence } }));

describe("the partitions of a group", () => {
  it("are served by the group that owns them; to others the key is invalid, for certain", () => {
    const [mine, other] = groups();
    expect(ask(mine, "write", 1)).toEqual({ type: "ok", value: 1 });
    expect(ask(other, "read", null)).toMatchObject({ type: "error", code: "wrong-shard", definite: true });
  });

  it("are served by nobody on their way, and then by the next owner, with what was asked before", () => {
    const [mine, other] = groups();
    ask(mine, "cas", [null, 1]);
    for (const each of [mine, other]) ask(each, "adopt", without);
    for (const each of [mine, other]) expect(ask(each, "read", null)).toMatchObject({ code: "wrong-shard" });
    for (const { to, handover } of mine?.offers() ?? []) {
      expect(to).toBe(1);
      ask(other, "install", handover);
    }
    expect(ask(other, "read", null)).toEqual({ type: "ok", value: 1 });
    // Asked again, it counts once.
    expect(ask(other, "cas", [null, 1])).toEqual({ type: "ok", value: [null, 1] });
  });

  it("go on to the next configuration when everything is where the last one says", () => {
    const [mine] = groups();
    ask(mine, "adopt", without);
    ask(mine, "adopt", { number: 2, members: nodes });
    expect(mine?.configuration.number).toBe(1);
    for (const { handover } of mine?.offers() ?? []) ask(mine, "drop", handover);
    expect(mine?.settled).toBe(true);
    ask(mine, "adopt", { number: 3, members: nodes });
    expect(mine?.configuration.number).toBe(1);
    ask(mine, "adopt", { number: 2, members: nodes });
    expect(mine?.statusOf(partition(layout, key))).toBe("awaited");
  });

  it("take nothing that comes late or again", () => {
    const [mine, other] = groups();
    ask(mine, "write", 1);
    for (const each of [mine, other]) ask(each, "adopt", without);
    const late = mine?.offers().find(({ handover }) => handover.partition === partition(layout, key));
    ask(other, "install", late?.handover);
    ask(other, "write", 2, 2);
    ask(other, "install", late?.handover);
    ask(other, "install", { ...(late?.handover as Handover), number: 0 });
    expect(ask(other, "read", null)).toEqual({ type: "ok", value: 2 });
  });

  it("come back from a snapshot as they were", () => {
    const [mine, again] = [groups()[0], groups()[0]];
    ask(mine, "write", 1);
    ask(mine, "adopt", without);
    again?.restore(structuredClone(mine?.snapshot() ?? null));
    expect(again?.snapshot()).toEqual(mine?.snapshot());
    expect(again?.configuration).toEqual(without);
    expect(again?.offers()).toEqual(mine?.offers());
  });
});
