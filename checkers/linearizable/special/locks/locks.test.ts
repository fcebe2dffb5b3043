import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import { fencedLock, type Model, mutex, ownerAwareMutex, semaphore } from "../../../models/index.ts";
import { type Clients, clientHistory } from "../../../testing/client-history.ts";
import { modelClients } from "../../../testing/model-clients.ts";
import { loosened, tightened } from "../../../testing/overlap-changes.ts";
import { agreement, verdictOfLarge } from "../../../testing/special-agreement.ts";
import { specialVerdict } from "../../../testing/special-verdict.ts";
import { told } from "../../../testing/told-history.ts";

const ROUNDS = 20_000;

const clientsOf = (model: Model): Clients =>
  (modelClients[model.name] as (init: Model["init"]) => Clients)(model.init);

const LOCKS: readonly (readonly [string, Model, number])[] = [
  ["mutex", mutex(), 1],
  ["semaphore of one permit", semaphore(), 2],
  ["semaphore of two permits", semaphore({ init: 2 }), 3],
  ["semaphore of three permits", semaphore({ init: 3 }), 4],
  ["owner-aware mutex", ownerAwareMutex(), 5],
  ["fenced lock", fencedLock(), 6],
];

describe.each(LOCKS)("%s", (_, model, seed) => {
  test("agrees with the definition and with the search", () => {
    const rounds = model.name === "semaphore" ? ROUNDS / 3 : ROUNDS;
    const tally = agreement(rounds, seed, () => ({ model, clients: clientsOf(model) }));
    expect(tally["valid"]).toBeGreaterThan(rounds / 4);
    expect(tally["invalid"]).toBeGreaterThan(rounds / 50);
    // Only of owners that do two things at once it is not known in which order.
    expect(tally["declined"]).toBeLessThanOrEqual(model.name === "owner-aware-mutex" ? rounds / 4 : 0);
  }, 120_000);

  test("a long history stays valid when more overlaps, and invalid when less does", () => {
    const random = new Random(seed);
    const shape = { operations: 80, processes: 6, values: 2, keys: [undefined], crashed: 0.05, failed: 0.1 };
    for (let round = 0; round < 40; round++) {
      const valid = clientHistory(random, model, clientsOf(model), { ...shape, invented: 0 });
      expect(specialVerdict(loosened(random, valid), model).verdict).not.toBe("invalid");
      const invalid = clientHistory(random, model, clientsOf(model), { ...shape, invented: 0.02 });
      if (specialVerdict(invalid, model).verdict !== "invalid") continue;
      expect(specialVerdict(tightened(random, invalid), model).verdict).not.toBe("valid");
    }
  });

  test("split brain: two clients hold it at once", () => {
    const acquires = ["0 acquire", "0 ok", "1 acquire", "1 ok", "2 acquire", "2 ok", "3 acquire", "3 ok"];
    const tokens =
      model.name === "fenced-lock"
        ? acquires.map((line, at) => (at % 2 === 0 ? line : `${line} ${at}`))
        : acquires;
    const early = ["4 acquire", `4 ok 0`, "4 release 0", "4 ok"];
    const first = model.name === "fenced-lock" ? early : early.map((line) => line.replace(/ 0$/, ""));
    const said = specialVerdict(told(...first, ...tokens), model);
    const permits = typeof model.init === "number" ? model.init : 1;
    expect(said).toMatchObject({
      verdict: "invalid",
      // As many acquires as there are permits, and one more.
      rows: Array.from({ length: permits + 1 }, (_, at) => at + 2),
      row: permits + 2,
    });
  });
});

describe("mutex", () => {
  test("released without having been acquired", () => {
    expect(specialVerdict(told("0 release", "0 ok"), mutex())).toMatchObject({
      verdict: "invalid",
      rows: [0],
      why: "but no acquire can have come before it",
    });
  });

  test("anybody may release it, and a crashed release may have come late", () => {
    const released = told("0 acquire", "0 ok", "1 release", "1 info", "2 acquire", "2 ok");
    expect(specialVerdict(released, mutex())).toEqual({ verdict: "valid", checker: "permits" });
  });

  test("an acquire that overlaps a release waits for it; what is needed twice is missing once", () => {
    const lines = ["0 acquire", "0 ok", "1 acquire", "2 acquire", "0 release", "0 ok", "1 ok"];
    expect(specialVerdict(told(...lines), mutex()).verdict).toBe("valid");
    expect(specialVerdict(told(...lines, "2 ok"), mutex())).toMatchObject({
      verdict: "invalid",
      why: "but it is the last of 3 acquires that all came one after the other, with 1 release at most between them",
    });
  });

  test("two releases in a row keep an acquire for the first of them", () => {
    const lines = [
      "0 acquire",
      "0 ok",
      "0 release",
      "0 ok",
      "0 acquire",
      "0 ok",
      "0 release",
      "0 ok",
      "1 release",
      "1 ok",
    ];
    expect(specialVerdict(told(...lines), mutex())).toMatchObject({ rows: [2, 3, 4], row: 4 });
  });

  test("an acquire that was used early is missing later", () => {
    // The release of 1 needs an acquire: that of 2, as nothing else is open. So the third release finds nothing to undo.
    const lines = [
      "2 acquire",
      "1 release",
      "1 ok",
      "1 acquire",
      "1 ok",
      "1 release",
      "1 ok",
      "3 release",
      "3 ok",
    ];
    expect(specialVerdict(told(...lines), mutex()).verdict).toBe("invalid");
  });
});

describe("owner-aware mutex", () => {
  test("released by another than its owner", () => {
    expect(specialVerdict(told("0 acquire", "0 ok", "1 release", "1 ok"), ownerAwareMutex())).toMatchObject({
      verdict: "invalid",
      rows: [1],
      why: "but its owner did not hold it then",
    });
  });

  test("owners may be named, and do one thing after the other", () => {
    const lines = ['0 acquire "a"', "0 ok", '1 release "a"', "1 ok", '0 acquire "b"', "0 ok"];
    expect(specialVerdict(told(...lines), ownerAwareMutex())).toEqual({
      verdict: "valid",
      checker: "owner-zones",
    });
    const twice = told('0 acquire "a"', '1 release "a"', "0 ok", "1 ok");
    expect(specialVerdict(twice, ownerAwareMutex()).verdict).toBe("declined");
    const afterCrash = told('0 acquire "a"', "0 info", '1 release "a"', "1 ok");
    expect(specialVerdict(afterCrash, ownerAwareMutex()).verdict).toBe("declined");
  });

  test("a crashed acquire is as if it had not been, a crashed release may have been", () => {
    const acquire = told(
      "0 acquire",
      "0 info",
      "1 acquire",
      "1 ok",
      "1 release",
      "1 info",
      "2 acquire",
      "2 ok",
    );
    expect(specialVerdict(acquire, ownerAwareMutex())).toEqual({ verdict: "valid", checker: "owner-zones" });
  });
});

describe("fenced lock", () => {
  test("a token that is smaller than one given out before", () => {
    const lines = [
      "0 acquire",
      "0 ok 5",
      "0 release 5",
      "0 ok",
      "1 acquire",
      "1 ok 4",
      "1 release 4",
      "1 ok",
    ];
    expect(specialVerdict(told(...lines), fencedLock())).toMatchObject({
      verdict: "invalid",
      why: expect.stringMatching(/token 5 had been released before it was invoked|given out before/),
    });
  });

  test("a token given out twice", () => {
    const lines = ["0 acquire", "0 ok 5", "0 release 5", "0 ok", "1 acquire", "1 ok 5"];
    expect(specialVerdict(told(...lines), fencedLock()).why).toBe("but token 5 was given out twice");
  });

  test("a token that nobody was given, unless by an acquire that was not answered", () => {
    expect(specialVerdict(told("0 release 3", "0 ok"), fencedLock()).why).toBe(
      "but nobody was given that token",
    );
    const crashed = told("0 acquire", "0 info", "1 release 3", "1 ok", "2 acquire", "2 ok 4");
    expect(specialVerdict(crashed, fencedLock())).toEqual({ verdict: "valid", checker: "fencing-tokens" });
  });
});

test.each(LOCKS)(
  "long valid histories of a %s, with crashed and failed operations, are valid",
  (_, model, seed) => {
    const one = clientsOf(model);
    // Everybody is known by the process, so that nobody does two things at once.
    const clients: Clients =
      model.name === "owner-aware-mutex"
        ? { ...one, ask: (values, state) => ({ ...one.ask(values, state), input: null }) }
        : one;
    expect(verdictOfLarge(seed, model, clients, 1000)).toMatchObject({ verdict: "valid" });
  },
);
