import { describe, expect, test } from "vitest";
import type { Json } from "../../harness/history/index.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { storeHistory } from "../testing/store-history.ts";
import { semanticAtomicity } from "./semantic-atomicity.ts";
import { serializable, strictSerializable } from "./serializable.ts";

/**
 * Transactions in short: `ax1` appends 1 to x, `rx12` reads [1, 2] from it. `0: ax1 rx1` is one of process 0, invoked and
 * answered; with `fail`, `info` or `…` at the end it ends otherwise, and `0 ok` ends one that was left open.
 */
function events(text: string): BareEvent[] {
  const open = new Map<string, string>();
  const lines = text.split("\n").map((line) => line.trim());
  return storeHistory(
    lines
      .map((line) => {
        const [, process = "", rest = ""] = /^(\d+): (.*)$/.exec(line) ?? [];
        if (process === "") {
          const answer = open.get(line.split(" ")[0] as string);
          return line.endsWith(" ok") && answer !== undefined ? `${line} = ${answer}` : line;
        }
        const words = rest.split(" ");
        const end = ["fail", "info", "…"].includes(words.at(-1) as string) ? (words.pop() as string) : "";
        const parts = words.map((word): Json => {
          const [f, key, ...elements] = [...word] as [string, string, ...string[]];
          return f === "a" ? ["append", key, Number(elements[0])] : ["r", key, elements.map(Number)];
        });
        const asked = (parts as [string, string, Json][]).map(([f, key, value]) =>
          f === "r" ? [f, key, null] : [f, key, value],
        );
        open.set(process, JSON.stringify(parts));
        return `${process} txn ${JSON.stringify(asked)} ${end === "" ? `= ${JSON.stringify(parts)}` : end}`;
      })
      .join("\n"),
  );
}

const found = (text: string, checker = serializable()) => {
  const { validity, anomalies, reasons } = checker.check(historyOf(events(text)));
  return [
    validity,
    ...anomalies.map(({ type, operations }) => `${type} ${operations.join(",")}`),
    ...reasons.map(({ code }) => code),
  ];
};

describe("serializable", () => {
  test("is what some order explains, whatever real time says", () => {
    expect(found("0: ax1 ay1\n1: rx1 ry1\n2: rx ry")).toEqual(["valid"]);
    expect(found("0: ax1\n1: ax2\n2: rx21")).toEqual(["valid"]);
  });

  test("has names for what nobody may see", () => {
    expect(found("0: ax1 fail\n1: rx1")).toEqual(["invalid", "G1a 0,2"]);
    expect(found("0: ax1 ax2\n1: rx1\n1: rx12")).toEqual(["invalid", "G1b 0,2"]);
    expect(found("0: rx7")).toEqual(["invalid", "thin-air-read 0"]);
    expect(found("0: ax1\n1: rx11")).toEqual(["invalid", "duplicate-elements 2"]);
    expect(found("0: ax1\n0: ax2\n1: rx12\n1: rx21")).toEqual(["invalid", "incompatible-order 4,6"]);
    expect(found("0: ax1 ax2\n1: rx21")).toEqual(["invalid", "incompatible-order 0,2"]);
    expect(found("0: ax1 ax2\n1: rx2")).toEqual(["invalid", "incompatible-order 0,2"]);
    expect(found("0: rx1 ax1")).toEqual(["invalid", "future-read 0"]);
  });

  test("is broken by a transaction that contradicts itself", () => {
    expect(found("0: ax1 rx")).toEqual(["invalid", "internal 0"]);
    expect(found("1: ax1\n0: rx rx1")).toEqual(["invalid", "internal 2"]);
    expect(found("1: ax1\n0: ax2 rx12 ax3 rx123")).toEqual(["valid"]);
  });

  test("is broken by cycles, each with its name and the transactions of the least one", () => {
    expect(found("0: ax1 ay1\n1: ax2 ay2\n2: rx12\n3: ry21")).toEqual(["invalid", "G0 0,2"]);
    expect(found("0: ax1 ry2\n1: ay2 rx1")).toEqual(["invalid", "G1c 0,2"]);
    expect(found("0: ax1 ay1\n1: rx1 ry")).toEqual(["invalid", "G-single 0,2"]);
    expect(found("0: rx ay1\n1: ry ax1\n2: rx1\n3: ry1")).toEqual(["invalid", "G2-item 0,2"]);
  });

  test("takes appends that nobody saw to be last, and so misses none that must be seen", () => {
    // Lost update: both saw the same list and appended to it.
    expect(found("0: rx ax1\n1: rx ax2")).toEqual(["invalid", "G2-item 0,2"]);
    expect(found("0: ax1\n0: ax2\n1: rx1")).toEqual(["valid"]);
  });

  test("lets a transaction that nobody answered take effect, wholly, or not", () => {
    expect(found("0: ax1 ay1 info\n1: rx ry\n1: rx1 ry1")).toEqual(["valid"]);
    expect(found("0: ax1 ay1 info\n1: rx1 ry")).toEqual(["invalid", "G-single 0,2"]);
  });

  test("cannot be told where elements are no names of their appends, nor of nothing", () => {
    expect(found("0: ax1\n1: ax1\n2: rx1")).toEqual(["unknown", "ambiguous-values"]);
    expect(found("")).toEqual(["unknown", "empty-history"]);
  });

  test("tells the story of a cycle", () => {
    const [anomaly] = serializable().check(historyOf(events("0: ax1 ay1\n1: rx1 ry"))).anomalies;
    expect(anomaly?.message).toMatchInlineSnapshot(`
      "T1, process 1 (event 2), read [1] from "x", read [] from "y"
      T2, process 0 (event 0), appended 1 to "x", appended 1 to "y"
      T1 before T2: T1 read y without 1, which T2 appended
      T2 before T1: T1 read 1 from x, which T2 appended"
    `);
  });
});

describe("strict serializable", () => {
  const strict = (text: string) => found(text, strictSerializable());

  test("needs an order that extends real time too", () => {
    expect(strict("0: ax1\n1: rx")).toEqual(["invalid", "G-single-realtime 0,2"]);
    expect(strict("0: ax1 …\n1: rx\n0 ok")).toEqual(["valid"]);
    expect(strict("0: ax1\n1: ax2\n2: rx21")).toEqual(["invalid", "G0-realtime 0,2"]);
    expect(strict("0: ax1 info\n1: rx\n1: rx1\n1: rx")).toEqual([
      "invalid",
      "G-single-realtime 4,6".replace("4,6", "0,4,6"),
    ]);
  });

  test("names what is wrong without real time by its plain name", () => {
    expect(strict("0: ax1\n1: rx\n2: ay1 az1\n3: ry1 rz")).toEqual(["invalid", "G-single 4,6"]);
  });

  test("goes round over several transactions and real time", () => {
    const { anomalies } = strictSerializable().check(historyOf(events("0: ax1\n1: rx1\n2: rx")));
    expect(anomalies[0]?.operations).toHaveLength(2);
  });
});

describe("semantic atomicity", () => {
  const saga = (text: string) => found(text, semanticAtomicity());
  const ends = (x: string, y: string) => `heal\n8: rx${x}\n9: ry${y}`;

  test("is that each saga is there as a whole in the end, or gone as a whole", () => {
    expect(saga(`0: ax1 ay1\n0: ax2 ay2 info\n${ends("1", "1")}`)).toEqual(["valid"]);
    expect(saga(`0: ax1 ay1\n0: ax2 ay2 info\n${ends("12", "21")}`)).toEqual(["valid"]);
    expect(saga(`0: ax1 ay1 info\n${ends("1", "")}`)).toEqual(["invalid", "fractured-saga 0,4,6"]);
  });

  test("may show steps before they are compensated", () => {
    expect(saga(`0: ax1 ay1 …\n1: rx1 ry\n0 fail\n${ends("", "")}`)).toEqual(["valid"]);
  });

  test("keeps what was acknowledged, and nothing of what failed", () => {
    expect(saga(`0: ax1 ay1\n${ends("", "")}`)).toEqual(["invalid", "lost-update 0,4"]);
    expect(saga(`0: ax1 fail\n${ends("1", "")}`)).toEqual(["invalid", "uncompensated-saga 0,4"]);
    expect(saga(`0: ax1\n${ends("11", "")}`)).toEqual(["invalid", "duplicate-elements 4"]);
    expect(saga(ends("7", ""))).toEqual(["invalid", "thin-air-read 2"]);
  });

  test("counts the last read of each list", () => {
    expect(saga(`0: ax1 ay1\n${ends("", "")}\n${ends("1", "1").slice(5)}`)).toEqual(["valid"]);
  });

  test("cannot be told where nobody looked in the end", () => {
    expect(saga("0: ax1 ay1\n1: rx1 ry1")).toEqual(["unknown", "no-final-heal"]);
    expect(saga("0: ax1 ay1\nheal\n1: rx1")).toEqual(["unknown", "final-reads-incomplete"]);
    expect(saga("")).toEqual(["unknown", "empty-history"]);
  });
});
