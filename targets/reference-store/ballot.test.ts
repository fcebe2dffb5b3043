import { describe, expect, it } from "vitest";
import { type Ballot, compareBallots, NO_BALLOT } from "./ballot.ts";

describe("ballots", () => {
  it("are ordered by counter, then by node; the empty one is below all", () => {
    const ballots: Ballot[] = [[2, "n1"], [1, "n2"], NO_BALLOT, [1, "n1"]];
    expect(ballots.sort(compareBallots)).toEqual([NO_BALLOT, [1, "n1"], [1, "n2"], [2, "n1"]]);
  });

  it("are the same only for the same proposer", () => {
    expect(compareBallots([3, "n1"], [3, "n1"])).toBe(0);
    expect(compareBallots([3, "n1"], [3, "n2"])).toBeLessThan(0);
  });
});
