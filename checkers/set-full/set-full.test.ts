import { describe, expect, test } from "vitest";
import { historyOf } from "../testing/history-of.ts";
import { storeHistory } from "../testing/store-history.ts";
import { setFull } from "./set-full.ts";

const check = (text: string) => setFull({ model: "set" }).check(historyOf(storeHistory(text)));

function verdict(text: string): readonly string[] {
  const { validity, anomalies, reasons } = check(text);
  return [validity, ...anomalies.map(({ type }) => type), ...reasons.map(({ code }) => code)];
}

describe("every element that was acknowledged is in the last read of every node", () => {
  test("however late it came there", () => {
    const text = `
      0@n1 add 1
      1@n2 read = []
      heal
      1@n2 read = []
      0@n1 read = [1]
      1@n2 read = [1]`;
    expect(verdict(text)).toEqual(["valid"]);
  });

  test("or it is lost, at one node or at all", () => {
    expect(verdict("0@n1 add 1\nheal\n0@n1 read = [1]\n1@n2 read = []")).toEqual(["invalid", "lost-update"]);
    expect(verdict("0@n1 add 1\nheal\n0@n1 read = []\n1@n2 read = []")).toEqual(["invalid", "lost-update"]);
  });

  test("so is one that nobody acknowledged and somebody saw", () => {
    const text = "0@n1 add 1 info\n1@n2 read = [1]\nheal\n2@n1 read = []\n1@n2 read = []";
    expect(verdict(text)).toEqual(["invalid", "lost-update"]);
  });

  test("and the first that is lost is told, with who knew of it and where it lacks", () => {
    const text = "0@n1 add 1\n0@n1 add 2\nheal\n0@n1 read = [1, 2]\n1@n2 read = []\n2@n3 read = [1]";
    expect(check(text).anomalies).toEqual([
      {
        type: "lost-update",
        message:
          "1, added by process 0 at n1 (event 0) and acknowledged, is not in the last read at n2 (event 8); and so 1 more element",
        operations: [0, 8],
      },
    ]);
  });

  test("but what nobody answered may come when a node was read for the last time", () => {
    const text = "0@n1 add 1 info\nheal\n2@n1 read = []\n1@n2 read = [1]";
    expect(verdict(text)).toEqual(["unknown", "final-reads-differ"]);
    expect(verdict(`${text}\n2@n1 read = []`)).toEqual(["invalid", "lost-update"]);
  });

  test("one that nobody acknowledged may be there or not, one that failed may not", () => {
    expect(verdict("0@n1 add 1 info\nheal\n2@n1 read = []\n1@n2 read = []")).toEqual(["valid"]);
    expect(verdict("0@n1 add 1 info\nheal\n2@n1 read = [1]\n1@n2 read = [1]")).toEqual(["valid"]);
    expect(verdict("0@n1 add 1 fail\nheal\n2@n1 read = [1]\n1@n2 read = [1]")).toEqual([
      "invalid",
      "aborted-read",
    ]);
  });

  test("once", () => {
    expect(verdict("0@n1 add 1\nheal\n0@n1 read = [1, 1]\n1@n2 read = [1]")[0]).toBe("invalid");
  });

  test("and nothing is there that nobody added", () => {
    expect(verdict("0@n1 add 1\nheal\n0@n1 read = [1, 2]\n1@n2 read = [1, 2]")).toEqual([
      "invalid",
      "thin-air-read",
    ]);
  });
});

describe("a node that is alone", () => {
  test("can keep everything, or lose it", () => {
    expect(verdict("0@n1 add 1\nheal\n0@n1 read = [1]")).toEqual(["valid"]);
    expect(verdict("0@n1 add 1\nheal\n0@n1 read = []")).toEqual(["invalid", "lost-update"]);
  });

  test("and is not read in the end leaves it open", () => {
    expect(verdict("0@n1 add 1\nheal")).toEqual(["unknown", "no-final-reads-at-two-nodes"]);
    expect(verdict("0@n1 add 1\n0@n1 read = [1]")).toEqual(["unknown", "no-final-heal"]);
    expect(verdict("heal")[0]).toBe("unknown");
  });
});

test("a node that is not read in the end leaves it open", () => {
  expect(verdict("0@n1 add 1\n1@n2 read = []\nheal\n0@n1 read = [1]")).toEqual([
    "unknown",
    "final-reads-incomplete",
  ]);
});

describe("measures", () => {
  test("how many elements were stale or never seen, and how long it took until they were visible", () => {
    // Events are a millisecond apart: 1 is known at 1 ms, 2 at 3 ms, and the last read without them begins at 8 ms.
    const history = historyOf(
      storeHistory(`
        0@n1 add 1
        0@n1 add 2
        2@n1 add 3 info
        1@n2 read = [2]
        1@n2 read = []
        heal
        0@n1 read = [1, 2]
        1@n2 read = [1, 2]`),
    );
    const { measures = [] } = setFull({ model: "set" }).check(history);
    const told = Object.fromEntries(
      measures.map(({ name, node, value }) => [[name, node].filter(Boolean).join(" "), value]),
    );
    expect(told).toMatchObject({
      "stale elements": 2,
      "elements never seen": 1,
      "time to visible, median": 5,
      "time to visible, longest": 7,
    });
  });

  test("what is seen at once takes no time", () => {
    const { measures } = check("0@n1 add 1\n1@n2 read = [1]\nheal\n0@n1 read = [1]\n1@n2 read = [1]");
    expect(measures).toContainEqual({ name: "time to visible, longest", unit: "ms", value: 0 });
    expect(measures).toContainEqual({ name: "stale elements", unit: "elements", value: 0 });
  });
});
