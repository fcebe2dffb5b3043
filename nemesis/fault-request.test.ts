import { describe, expect, test } from "vitest";
import type { UsageError } from "../harness/errors.ts";
import type { Fault } from "../harness/ports/index.ts";
import { parseFaultRequests } from "./fault-request.ts";
import { faults } from "./index.ts";
import { kill } from "./kill.ts";

/** What was asked for, as `kind: variants`. */
const parsed = (text: string, nodeCount = 5) =>
  parseFaultRequests(text, faults, nodeCount).map(
    ({ fault, variants }) => `${fault.name}: ${variants.join(" ")}`,
  );

/** The refusal of a text, as a user sees it. */
function refusal(text: string, nodeCount = 5, known: Readonly<Record<string, Fault>> = faults): string {
  try {
    parseFaultRequests(text, known, nodeCount);
  } catch (error) {
    const { name, code, message, hint } = error as UsageError;
    return `${name} ${code}\n${message}\n${hint}`;
  }
  return "accepted";
}

describe("no fault at all", () => {
  test.for(["none", "", " ", ",", "none,none"])("%j", (text) => {
    expect(parseFaultRequests(text, faults, 1)).toEqual([]);
  });
});

describe("a fault without a variant", () => {
  test("comes in every variant but primary, which not every target tells", () => {
    expect(parsed("kill")).toEqual(["kill: one minority majority all"]);
  });

  test("comes only in the variants for which there are nodes enough", () => {
    expect(parsed("kill,partition", 2)).toEqual(["kill: one all", "partition: halves one one-way"]);
    expect(parsed("pause", 1)).toEqual(["pause: one"]);
  });
});

describe("a list", () => {
  test("names several faults, with and without variants, spaces allowed", () => {
    expect(parsed(" partition:bridge , kill:minority,pause:primary ")).toEqual([
      "partition: bridge",
      "kill: minority",
      "pause: primary",
    ]);
  });

  test("merges what it says of one kind, each variant once", () => {
    expect(parsed("kill:one,partition:one,kill:all,kill:one")).toEqual(["kill: one all", "partition: one"]);
    expect(parsed("kill:primary,kill")).toEqual(["kill: primary one minority majority all"]);
  });
});

describe("what it refuses", () => {
  test("a fault that does not exist", () => {
    expect(refusal("partition,earthquake")).toMatchInlineSnapshot(`
      "UsageError unknown-fault
      there is no fault "earthquake"
      faults: partition, kill, pause, clock, membership, leadership; see assay list faults"
    `);
  });

  test("a variant that does not exist", () => {
    expect(refusal("partition:quarters")).toMatchInlineSnapshot(`
      "UsageError unknown-variant
      the fault partition has no variant "quarters"
      variants: halves, one, majority-ring, bridge, one-way"
    `);
  });

  test("a variant that needs more nodes", () => {
    expect(refusal("partition:bridge", 2)).toMatchInlineSnapshot(`
      "UsageError too-few-nodes
      partition:bridge needs at least 3 nodes, and the cluster has 2
      use --nodes 3 or more, or another fault"
    `);
  });

  test("a fault all of whose variants need more nodes", () => {
    expect(refusal("partition", 1)).toMatchInlineSnapshot(`
      "UsageError too-few-nodes
      partition needs at least 2 nodes, and the cluster has 1
      use --nodes 2 or more, or another fault"
    `);
  });

  test("with the number of nodes that this fault needs", () => {
    const four = { ...kill, variants: { big: { description: "", minNodes: 4, plan: () => null } } };
    expect(refusal("kill", 3, { kill: four })).toContain("kill needs at least 4 nodes");
  });

  test.for(["kill:", "kill:one:all", ":one", "Kill", "toString", "kill:toString", "kill:__proto__"])(
    "%j",
    (text) => {
      expect(refusal(text)).toMatch(/^UsageError unknown-(fault|variant)\n/);
    },
  );
});
