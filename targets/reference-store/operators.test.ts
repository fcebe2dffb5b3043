import { describe, expect, it } from "vitest";
import type { Operator } from "./frame.ts";
import { leadershipCapability, membershipCapability } from "./operators.ts";

const nodes = ["n1", "n2", "n3"];
const patience = { intervalNs: 1, attempts: 3 };

/** A cluster that does what it is told after some tellings, where anybody leads. */
function cluster({ leader = "n1" as string | null, tellings = 1 } = {}) {
  const told: Operator[] = [];
  let members: readonly string[] | undefined = leader === null ? undefined : nodes;
  let leads = leader;
  const operated = {
    nodes,
    tell(command: Operator) {
      told.push(command);
      if (leads === null || told.length < tellings) return;
      if (command.type === "change-membership") members = command.members;
      else leads = command.to;
    },
    leaders: () => (leads === null ? [] : [leads]),
    members: () => members,
    sleep: async () => {},
  };
  return { operated, told };
}

describe("an operator", () => {
  it("takes nodes out and in, beside those that are out already", async () => {
    const { operated, told } = cluster();
    const membership = membershipCapability(operated, patience);
    expect(await membership.leave(["n2"])).toEqual({ effective: true, detail: "members: n1, n3" });
    await membership.leave(["n3"]);
    expect(await membership.join(nodes)).toEqual({ effective: true, detail: "members: n1, n2, n3" });
    expect(told.map((command) => command.type === "change-membership" && command.members)).toEqual([
      ["n1", "n3"],
      ["n1"],
      nodes,
    ]);
  });

  it("asks until it is done, and gives up after so many times", async () => {
    const { operated, told } = cluster({ tellings: 3 });
    expect(await leadershipCapability(operated, patience).transfer("n2")).toMatchObject({ effective: true });
    expect(told).toHaveLength(3);
    const deaf = cluster({ tellings: 4 });
    expect(await leadershipCapability(deaf.operated, patience).transfer("n2")).toMatchObject({
      effective: false,
    });
    expect(deaf.told).toHaveLength(3);
  });

  it("says what it wants also where it is so: nodes may remember what somebody wanted before", async () => {
    const { operated, told } = cluster();
    expect(await membershipCapability(operated, patience).join(["n1"])).toMatchObject({ effective: false });
    expect(told).toHaveLength(1);
  });

  it("does not wait where nobody is in charge", async () => {
    const { operated, told } = cluster({ leader: null });
    expect(await membershipCapability(operated, patience).leave(["n1"])).toEqual({
      effective: false,
      detail: "members: nobody says",
    });
    expect(await leadershipCapability(operated, patience).transfer("n1")).toMatchObject({ effective: false });
    expect(told).toHaveLength(2);
  });
});
