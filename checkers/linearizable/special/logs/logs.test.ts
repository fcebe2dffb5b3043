import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import type { Json } from "../../../../harness/history/index.ts";
import { log } from "../../../models/index.ts";
import { type Clients, clientHistory } from "../../../testing/client-history.ts";
import { modelClients } from "../../../testing/model-clients.ts";
import { loosened, tightened } from "../../../testing/overlap-changes.ts";
import { agreement, verdictOfLarge } from "../../../testing/special-agreement.ts";
import { specialVerdict } from "../../../testing/special-verdict.ts";
import { told } from "../../../testing/told-history.ts";

const ROUNDS = 10_000;

/** Appends of which a part answers offsets, and reads of which a part starts at an offset. */
function logClients(offsets: number, partial: number): Clients {
  return {
    ask({ random, fresh }) {
      if (random.chance(0.55)) return { f: "append", input: fresh() };
      return { f: "read", input: random.chance(partial) ? random.int(4) : null };
    },
    answer(state, { f, input }, { random }) {
      const held = state as readonly Json[];
      if (f === "append") return random.chance(offsets) ? [input, held.length] : input;
      return input === null ? held : [input, ...held.slice(input as number)];
    },
    invent({ f, input }, { random, some }) {
      if (f === "append") return random.chance(offsets) ? [input, random.int(5)] : input;
      const read = Array.from({ length: random.int(4) }, (_, at) => (random.chance(0.7) ? at + 1 : some()));
      return input === null ? read : [input, ...read.slice(input as number)];
    },
  };
}

describe("logs", () => {
  test.each([
    ["without offsets", 1, [0], [0]],
    ["with offsets for some", 2, [0.5], [0, 0.5]],
    ["with offsets, read from offsets on", 3, [1], [0, 1]],
  ])(
    "agree with the definition and with the search: %s",
    (_, seed, offsets, partial) => {
      const tally = agreement(ROUNDS / 2, seed, (random) => ({
        model: log(),
        clients: logClients(random.pick(offsets), random.pick(partial)),
      }));
      expect(tally["valid"]).toBeGreaterThan(ROUNDS / 8);
      expect(tally["invalid"]).toBeGreaterThan(ROUNDS / 20);
      expect(tally["declined"]).toBeLessThan(ROUNDS / 20);
    },
    120_000,
  );

  test("agree also where answers are anything at all", () => {
    const clients = modelClients["log"] as () => Clients;
    const tally = agreement(ROUNDS, 4, () => ({ model: log(), clients: clients() }), { invented: 0.2 });
    expect(tally["valid"]).toBeGreaterThan(ROUNDS / 8);
    expect(tally["invalid"]).toBeGreaterThan(ROUNDS / 8);
  }, 120_000);

  test("a log with a gap: what was appended is missing, and the next one is there", () => {
    const events = told(
      "0 append 1",
      "0 ok",
      "0 append 2",
      "0 ok",
      "0 append 3",
      "0 ok",
      "1 read",
      "1 ok [1,3]",
    );
    expect(specialVerdict(events, log())).toEqual({
      verdict: "invalid",
      checker: "log-offsets",
      rows: [0, 1, 2, 3],
      row: 3,
      why: "but 2, whose append had completed before it was invoked, is not in it",
    });
  });

  test("offsets with a gap that no append can fill", () => {
    const events = told("0 append 1", "0 ok [1,0]", "0 append 2", "0 ok [2,2]", "0 append 3", "0 ok");
    expect(specialVerdict(events, log())).toMatchObject({ verdict: "invalid", rows: [0, 1], row: 1 });
  });

  test("offsets with a gap that a crashed append fills", () => {
    const events = told("0 append 1", "0 ok [1,0]", "1 append 9", "1 info", "0 append 2", "0 ok [2,2]");
    expect(specialVerdict(events, log())).toEqual({ verdict: "valid", checker: "log-offsets" });
  });

  test("a stale read, after what it lacks had been read", () => {
    const events = told("0 append 1", "1 append 2", "0 ok", "2 read", "2 ok [1,2]", "2 read", "2 ok [1]");
    expect(specialVerdict(events, log())).toMatchObject({
      verdict: "invalid",
      row: 3,
      why: "but the log held 2 values before it was invoked",
    });
  });

  test("two readers that saw two logs need only what they read", () => {
    const lines = ["0 append 1", "1 append 2", "2 append 3", "0 ok", "1 ok", "2 ok"];
    const events = told(...lines, "0 read", "0 ok [1,2]", "1 read", "1 ok [2,1]");
    expect(specialVerdict(events, log())).toMatchObject({
      verdict: "invalid",
      rows: [0, 1, 3, 4],
      why: "but 1 and 2 were both read at offset 0",
    });
  });

  test("a value out of nothing, and one that is there twice", () => {
    const from = (answer: string) =>
      specialVerdict(told("0 append 1", "0 ok", "1 append 5", "2 read", `2 ok ${answer}`), log());
    expect(from("[1,7]")).toMatchObject({ verdict: "invalid", rows: [2], why: "but nobody appended 7" });
    expect(from("[1,1]").why).toBe("but 1 was read at offset 0 and at offset 1, and was appended only once");
    expect(from("[1,5]").verdict).toBe("valid");
  });

  test("a read from beyond the end says only how long the log is at most", () => {
    const events = (offset: number) =>
      told("0 append 1", "0 ok [1,0]", "0 append 2", "0 ok [2,1]", `1 read ${offset}`, `1 ok [${offset}]`);
    expect(specialVerdict(events(5), log()).verdict).toBe("valid");
    expect(specialVerdict(events(2), log()).verdict).toBe("valid");
    expect(specialVerdict(events(1), log()).verdict).toBe("invalid");
  });

  test("values may be anything, lists that look like offsets too", () => {
    const events = told(
      "0 append [1,0]",
      "0 ok [1,0]",
      '0 append {"b":1,"a":[2]}',
      "0 ok",
      "0 read",
      '0 ok [[1,0],{"a":[2],"b":1}]',
    );
    expect(specialVerdict(events, log())).toEqual({ verdict: "valid", checker: "log-offsets" });
  });

  test("a value appended twice is declined where it was read, and only there", () => {
    const twice = ["0 append 1", "0 info", "1 append 1", "1 ok"];
    expect(specialVerdict(told(...twice), log()).verdict).toBe("valid");
    expect(specialVerdict(told(...twice, "1 read", "1 ok [1]"), log()).verdict).toBe("declined");
  });

  test("an offset that is out of all bounds costs nothing", () => {
    expect(specialVerdict(told("0 append 1", "0 ok [1,9007199254740991]"), log())).toMatchObject({
      verdict: "invalid",
      why: "but only 1 appends had been invoked by then",
    });
    expect(specialVerdict(told("0 read 9007199254740991", "0 ok [9007199254740991]"), log()).verdict).toBe(
      "valid",
    );
  });

  test("a long history stays valid when more overlaps, and invalid when less does", () => {
    const random = new Random(5);
    const shape = {
      operations: 60,
      processes: 6,
      values: "distinct",
      keys: [undefined],
      crashed: 0,
      failed: 0.1,
    } as const;
    for (let round = 0; round < 40; round++) {
      const clients = logClients(random.pick([0, 0.5, 1]), 0);
      const valid = clientHistory(random, log(), clients, { ...shape, invented: 0 });
      expect(specialVerdict(loosened(random, valid), log()).verdict).toBe("valid");
      const invalid = clientHistory(random, log(), clients, { ...shape, invented: 0.02 });
      if (specialVerdict(invalid, log()).verdict !== "invalid") continue;
      expect(specialVerdict(tightened(random, invalid), log()).verdict).toBe("invalid");
    }
  });

  test("long valid histories with crashed and failed operations are valid", () => {
    expect(verdictOfLarge(6, log(), logClients(0.5, 0.3), 400)).toEqual({
      verdict: "valid",
      checker: "log-offsets",
    });
  });
});
