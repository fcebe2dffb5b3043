import { describe, expect, test } from "vitest";
import { consistencies } from "../consistencies.ts";
import { historyOf } from "../testing/history-of.ts";
import { storeHistory } from "../testing/store-history.ts";
import type { MaxStaleness } from "./staleness.ts";

/** What came out, in one line a finding. */
function verdict(
  name: string,
  text: string,
  maxStaleness?: MaxStaleness,
  model = "register",
): readonly string[] {
  const of = { model, options: {}, ...(maxStaleness === undefined ? {} : { maxStaleness }) };
  const { validity, anomalies, reasons, measures } = (consistencies[name] ?? expect.fail(`no ${name}`))
    .checker(of)
    .check(historyOf(storeHistory(text)));
  return [
    validity,
    ...anomalies.map(({ type, operations, message }) => `${type} ${operations.join(",")}: ${message}`),
    ...reasons.map(({ code, message }) => `${code}: ${message}`),
    ...(measures ?? []).map(({ value, unit }) => `${value} ${unit}`),
  ];
}

describe("a regular register", () => {
  //  write 1  |--|
  //  write 2        |-----------|
  //  reads             1  2  1
  const flickering = `
    0@n1 write 1
    0@n1 write 2 …
    1@n2 read = 1
    1@n2 read = 2
    1@n2 read = 1
    0 ok`;

  test("may show the old and the new value in turns, as long as the write lasts", () => {
    expect(verdict("regular", flickering)).toEqual(["valid"]);
    expect(verdict("linearizable", flickering)[0]).toBe("invalid");
  });

  test("shows no value that was replaced before the read began", () => {
    expect(verdict("regular", `${flickering}\n1@n2 read = 1`)).toEqual([
      "invalid",
      "stale-read 0,2,10: process 1 at n2 (event 10) read 1, written by process 0 at n1 (event 0), but before it began process 0 at n1 (event 2) had written 2 after that",
    ]);
    expect(verdict("regular", "0@n1 write 1\n1@n2 read = null")[1]).toBe(
      "stale-read 0,2: process 1 at n2 (event 2) read null, the initial value, but before it began process 0 at n1 (event 0) had written 1",
    );
  });

  test("of several writers owes no order to writes that overlapped", () => {
    const text = "0@n1 write 1 …\n1@n2 write 2 …\n0 ok\n1 ok\n2@n3 read = 1\n2@n3 read = 2\n2@n3 read = 1";
    expect(verdict("regular", text)).toEqual(["valid"]);
  });

  test("may show a write that nobody answered for ever, and one that failed never", () => {
    const text = "0@n1 write 1 info\n1@n2 write 2\n1@n2 read = 2\n1@n2 read = 1\n1@n2 read = 2";
    expect(verdict("regular", text)).toEqual(["valid"]);
    expect(verdict("regular", "0@n1 write 1 fail\n1@n2 read = 1")[1]).toMatch(/^aborted-read 0,2: /);
    expect(verdict("regular", "1@n2 read = 1\n0@n1 write 1")[1]).toMatch(/^thin-air-read 0: /);
  });

  test("takes any of the writes of a value that was written twice", () => {
    expect(verdict("regular", "0@n1 write 1\n0@n1 write 2\n0@n1 write 1\n1@n2 read = 1")).toEqual(["valid"]);
  });
});

describe("a safe register", () => {
  test("may answer anything beside a write", () => {
    const text = "0@n1 write 1\n0@n1 write 2 …\n1@n2 read = 9\n0 ok";
    expect(verdict("safe", text)).toEqual(["valid"]);
    expect(verdict("regular", text)[0]).toBe("invalid");
  });

  test("answers with the last value else", () => {
    expect(verdict("safe", "0@n1 write 1\n0@n1 write 2\n1@n2 read = 1")[1]).toMatch(/^stale-read 0,2,4: /);
    expect(verdict("safe", "0@n1 write 1\n1@n2 read = 9")[1]).toMatch(/^thin-air-read 2: /);
  });
});

describe("k-atomicity", () => {
  const text = [1, 2, 3, 4].map((value) => `0@n1 write ${value}`).join("\n");

  test("counts the versions from which a read may choose", () => {
    expect(verdict("k-atomic", `${text}\n1@n2 read = 4`, { versions: 1 })).toEqual(["valid", "1 versions"]);
    expect(verdict("k-atomic", `${text}\n1@n2 read = 2`, { versions: 3 })).toEqual(["valid", "3 versions"]);
    expect(verdict("k-atomic", `${text}\n1@n2 read = 2`, { versions: 2 })).toEqual([
      "invalid",
      "stale-read 2,4,6,8: process 1 at n2 (event 8) read 2, which is 2 versions old for certain: after it and before the read came 3 by process 0 at n1 (event 4), 4 by process 0 at n1 (event 6)",
      "3 versions",
    ]);
  });

  test("finds a contradiction of several reads, each of which alone would do with less", () => {
    // Each read by itself has the other write after its own.
    const both = "0@n1 write 1 …\n1@n2 write 2 …\n0 ok\n1 ok\n2@n3 read = 1\n2@n3 read = 2";
    expect(verdict("k-atomic", both, { versions: 2 })).toEqual(["valid", "2 versions"]);
    const found = verdict("k-atomic", both, { versions: 1 });
    expect(found[0]).toBe("invalid");
    expect(found[1]).toMatch(/^stale-read 0,1,4,6: in every order of the writes of 1, 2 /);
  });

  test("says how stale reads are where nobody said how stale they may be", () => {
    expect(verdict("k-atomic", `${text}\n1@n2 read = 2`)).toEqual([
      "unknown",
      "no-staleness-bound: every read returns one of the last 3 values, but nobody said how stale a read may be",
      "3 versions",
    ]);
  });

  test("needs to know which write a read saw", () => {
    const twice = "0@n1 write 1\n0@n1 write 1\n1@n2 read = 1";
    expect(verdict("k-atomic", twice, { versions: 2 })[1]).toBe(
      "ambiguous-values: 1 value that were read can come from more than one write, such as 1",
    );
  });
});

describe("delta-atomicity", () => {
  // One event a millisecond: the second write ends at 3 ms, the read begins at 6 ms.
  const text = "0@n1 write 1\n0@n1 write 2\n0@n1 read = 2\n1@n2 read = 1";

  test("is how much earlier a read may have begun", () => {
    expect(verdict("delta-atomic", text, { timeMs: 3 })).toEqual(["valid", "3 ms"]);
    expect(verdict("delta-atomic", text, { timeMs: 2.5 })).toEqual([
      "invalid",
      "stale-read 0,2,6: even if every read may be 2.5 ms old, the values 1 (the write by process 0 at n1 (event 0) ended at 1 ms, the read by process 1 at n2 (event 6) began at 6 ms) and 2 (the write by process 0 at n1 (event 2) ended at 3 ms) must have been there at the same time",
      "3 ms",
    ]);
  });

  test("of nothing is linearizability", () => {
    expect(verdict("delta-atomic", "0@n1 write 1\n1@n2 read = 1", { timeMs: 0 })).toEqual(["valid", "0 ms"]);
    expect(verdict("delta-atomic", text, { timeMs: 0 })[0]).toBe("invalid");
  });

  test("is measured where nobody said how stale a read may be", () => {
    expect(verdict("delta-atomic", text)[0]).toBe("unknown");
    expect(verdict("delta-atomic", text).at(-1)).toBe("3 ms");
  });
});

describe("what cannot be judged is said", () => {
  test.each(["regular", "safe", "k-atomic", "delta-atomic"])("%s of compare-and-sets", (name) => {
    expect(verdict(name, "0@n1 write 1\n0@n1 cas [1,2]", undefined, "cas-register")).toEqual([
      "unknown",
      "unsupported-operation: 1 compare-and-sets took effect or may have, and staleness is defined for reads and writes alone",
    ]);
    expect(
      verdict(name, "0@n1 write 1\n0@n1 cas [1,2] fail", { versions: 1, timeMs: 0 }, "cas-register")[0],
    ).toBe("valid");
  });

  test.each(["regular", "safe", "k-atomic", "delta-atomic"])("%s of nothing", (name) => {
    expect(verdict(name, "")[1]).toMatch(/^empty-history: /);
  });
});
