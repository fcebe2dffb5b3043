import { describe, expect, test } from "vitest";
import { historyOf } from "../testing/history-of.ts";
import { storeHistory } from "../testing/store-history.ts";
import { type ConvergenceOptions, convergence, eventual, strongEventual } from "./convergence.ts";

const check = (model: string, text: string, options: ConvergenceOptions["options"] = {}) =>
  eventual({ model, options }).check(historyOf(storeHistory(text)));

/** What came out, in one line a finding. */
function verdict(
  model: string,
  text: string,
  options: ConvergenceOptions["options"] = {},
): readonly string[] {
  const { validity, anomalies, reasons } = check(model, text, options);
  return [
    validity,
    ...anomalies.map(({ type, operations, message }) => `${type} ${operations.join(",")}: ${message}`),
    ...reasons.map(({ code, message }) => `${code}: ${message}`),
  ];
}

describe("a multi-value register", () => {
  const ends = "heal\n0@n1 read = [2,1]\n1@n2 read = [1,2]";

  test("ends with several values, in any order, or with one that took the place of others", () => {
    expect(verdict("mv-register", `0@n1 write 1\n1@n2 write 2\n${ends}`)).toEqual(["valid"]);
    expect(verdict("mv-register", `0@n1 write 3\n0@n1 write 1\n1@n2 write 2\n${ends}`)).toEqual(["valid"]);
    expect(verdict("mv-register", `0@n1 write 1\n1@n2 write 2\n1@n2 write 3 info\n${ends}`)).toEqual([
      "valid",
    ]);
  });

  test("has lost what was written after all that it ends with", () => {
    expect(verdict("mv-register", `0@n1 write 1\n1@n2 write 2\n1@n2 write 3\n${ends}`)).toEqual([
      "invalid",
      "lost-update 4,8: every node ends with [2, 1] (process 0 at n1 (event 8)), without 3, which process 1 at n2 (event 4) wrote after all of them",
    ]);
  });

  test("shows no value that nobody wrote", () => {
    const [validity, found] = verdict("mv-register", `0@n1 write 1\n${ends}`);
    expect(validity).toBe("invalid");
    expect(found).toContain("thin-air-read");
  });
});

describe("a register", () => {
  test("may be stale for as long as faults last, and end with any value that was written", () => {
    const stale = `
      0@n1 write 1
      0@n1 write 2
      1@n2 read = null
      0@n1 read = 1
      heal`;
    expect(verdict("register", `${stale}\n0@n1 read = 1\n1@n2 read = 1`)).toEqual(["valid"]);
    expect(verdict("register", `${stale}\n0@n1 read = 2\n1@n2 read = 1\n1@n2 read = 2`)).toEqual(["valid"]);
  });

  test("that differs in the end is divergence, with one read of each value", () => {
    const text = `
      0@n1 write 1
      1@n2 write 2
      heal
      0@n1 read = 1
      1@n2 read = 2
      2@n3 read = 1`;
    expect(verdict("register", text)).toEqual([
      "invalid",
      "divergence 6,8: the last final reads differ: n1 (event 6), n3 (event 10) read 1; n2 (event 8) read 2",
    ]);
  });

  test("that ends with nothing has lost every acknowledged write", () => {
    const ends = "heal\n0@n1 read = null\n1@n2 read = null";
    expect(verdict("register", `0@n1 write 1\n${ends}`)).toEqual([
      "invalid",
      "lost-update 0,4: every node ends with the initial value null (process 0 at n1 (event 4)), though 1 write was acknowledged, the last that of 1 by process 0 at n1 (event 0)",
    ]);
    expect(verdict("register", `0@n1 write 1 info\n${ends}`)).toEqual(["valid"]);
    expect(verdict("register", `0@n1 write 1\n0@n1 write null\n${ends}`)).toEqual(["valid"]);
  });

  test("shows no value that nobody wrote, or not yet, or in vain", () => {
    const ends = "heal\n0@n1 read = null\n1@n2 read = null";
    expect(verdict("register", `0@n1 read = 7\n${ends}`)[1]).toBe(
      "thin-air-read 0: process 0 at n1 (event 0) read 7, which nobody ever wrote",
    );
    expect(verdict("register", `1@n2 read = 7\n0@n1 write 7\n${ends}`)[1]).toBe(
      "thin-air-read 0: process 1 at n2 (event 0) read 7, which nobody began to write before event 2",
    );
    expect(verdict("register", `0@n1 write 7 fail\n1@n2 read = 7\n${ends}`)[1]).toBe(
      "aborted-read 0,2: process 1 at n2 (event 2) read 7, whose write by process 0 at n1 (event 0) failed",
    );
  });

  test("is told apart by what a read of null means", () => {
    const text = "0@n1 write 1\nheal\n0@n1 read = 1\n1@n2 read = 1\n1@n2 read = null";
    expect(verdict("register", text)[0]).toBe("invalid");
    expect(verdict("register", text, { nilReads: "unknown" })).toEqual(["valid"]);
  });

  test("with compare-and-set ends with what one of them left", () => {
    const text = "0@n1 write 1\n0@n1 cas [1,2]\nheal\n0@n1 read = 2\n1@n2 read = 2";
    expect(verdict("cas-register", text)).toEqual(["valid"]);
  });
});

describe("a set", () => {
  const ends = (elements: string) => `heal\n0@n1 read = ${elements}\n1@n2 read = ${elements}`;

  test("has every acknowledged element, and any of those that nobody answered", () => {
    const adds = "0@n1 add 1\n1@n2 add 2 info\n";
    expect(verdict("set", adds + ends("[1]"))).toEqual(["valid"]);
    expect(verdict("set", adds + ends("[2, 1]"))).toEqual(["valid"]);
    expect(verdict("set", adds + ends("[2]"))[1]).toBe(
      "lost-update 0,6: 1, added by process 0 at n1 (event 0) and acknowledged, is not there in the end, and nobody removed it (process 0 at n1 (event 6))",
    );
  });

  test("is the same in whatever order it is answered", () => {
    expect(verdict("set", "0@n1 add 1\n0@n1 add 2\nheal\n0@n1 read = [1,2]\n1@n2 read = [2,1]")).toEqual([
      "valid",
    ]);
  });

  test("may or may not have what was removed at the same time", () => {
    const text = "0@n1 add 1 …\n1@n2 remove 1\n0 ok\n";
    for (const end of ["[]", "[1]"]) expect(verdict("set", text + ends(end))).toEqual(["valid"]);
  });

  test("has lost what was removed before it was added, since no remove came after", () => {
    const text = "0@n1 add 1\n0@n1 remove 1\n0@n1 add 1\n";
    expect(verdict("set", text + ends("[]"))[1]).toMatch(
      /^lost-update 4,8: .* and no remove can have come after/,
    );
    expect(verdict("set", text + ends("[1]"))).toEqual(["valid"]);
  });

  test("brings nothing back that the same node had acknowledged, and then removed", () => {
    const text = "0@n1 add 1\n0@n1 remove 1\n";
    expect(verdict("set", text + ends("[1]"))[1]).toBe(
      "resurrection 0,2,6: 1 is there in the end, though every add of it was seen and removed: process 0 at n1 (event 0), then process 0 at n1 (event 2) (process 0 at n1 (event 6))",
    );
    expect(verdict("set", `0@n1 add 1\n1@n2 remove 1\n${ends("[1]")}`)).toEqual(["valid"]);
    expect(verdict("set", `0@n1 add 1\n1@n2 read = [1]\n1@n2 remove 1\n${ends("[1]")}`)[0]).toBe("invalid");
    expect(verdict("set", `0@n1 add 1\n1@n2 remove [1,null] = [1,true]\n${ends("[1]")}`)[0]).toBe("invalid");
    // Another add beside it, which the remove may not have seen.
    expect(
      verdict("set", `2@n3 add 1\n${text}heal\n0@n1 read = [1]\n1@n2 read = [1]\n2@n3 read = [1]`),
    ).toEqual(["valid"]);
  });

  test("of observed removes keeps what a remove did not see", () => {
    const text = `0@n1 add 1\n1@n2 remove [1,null] = [1,false]\n${ends("[]")}`;
    expect(verdict("set", text)).toEqual(["valid"]);
    expect(verdict("or-set", text)[0]).toBe("invalid");
  });

  test("shows no element out of thin air, and none twice", () => {
    expect(verdict("set", `0@n1 read = [3]\n${ends("[]")}`)[1]).toMatch(/^thin-air-read 0: /);
    expect(verdict("set", `0@n1 contains [3,null] = [3,true]\n${ends("[]")}`)[1]).toMatch(
      /^thin-air-read 0: /,
    );
    expect(verdict("set", `0@n1 add 3\n${ends("[3,3]")}`)[1]).toBe(
      "duplicate-element 4: process 0 at n1 (event 4) saw 3 twice",
    );
  });
});

describe("a counter", () => {
  const ends = (sum: number) => `heal\n0@n1 read = ${sum}\n1@n2 read = ${sum}`;
  const adds = "0@n1 add 5\n0@n1 add 2 info\n1@n2 add 9 fail\n1@n2 add 4 info\n";

  test.each([5, 7, 9, 11])("ends with all that was acknowledged, and some of what was not: %d", (sum) => {
    expect(verdict("counter", adds + ends(sum))).toEqual(["valid"]);
  });

  test("with less has lost an update, with more counted one twice", () => {
    expect(verdict("counter", adds + ends(4))[1]).toBe(
      "lost-update 0,2,6,10: every node ends with 4 (process 0 at n1 (event 10)), but 1 acknowledged adds come to 5, and 2 more were not answered, so that it must be 5 … 11",
    );
    expect(verdict("counter", adds + ends(10))[1]).toMatch(/^wrong-sum /);
    expect(verdict("counter", `0@n1 add 5\n${ends(10)}`)[1]).toMatch(/^thin-air-read /);
    expect(verdict("counter", `0@n1 add 5\n0@n1 add 5\n1@n2 add -5\n${ends(10)}`)[1]).toMatch(/^wrong-sum /);
  });

  test("that starts elsewhere ends elsewhere", () => {
    expect(verdict("counter", `0@n1 add 5\n${ends(8)}`, { init: 3 })).toEqual(["valid"]);
  });
});

describe("a list", () => {
  const ends = (ids: string) => `heal\n0@n1 read = ${ids}\n1@n2 read = ${ids}`;

  test("is the same everywhere, in the same order", () => {
    const inserts = '0@n1 insert ["a",null]\n1@n2 insert ["b",null]\n';
    for (const end of ['["a","b"]', '["b","a"]'])
      expect(verdict("list", inserts + ends(end))).toEqual(["valid"]);
    expect(verdict("list", `${inserts}heal\n0@n1 read = ["a","b"]\n1@n2 read = ["b","a"]`)[1]).toMatch(
      /^divergence 6,8: /,
    );
  });

  test("has every element behind the one that it was inserted after", () => {
    const inserts = '0@n1 insert ["a",null]\n0@n1 insert ["b","a"]\n';
    expect(verdict("list", inserts + ends('["b","a"]'))[1]).toMatch(/^misplaced-element 2,6: /);
    expect(verdict("list", inserts + ends('["a"]'))[1]).toMatch(/^lost-update 2,6: /);
  });

  test("has what was removed no more", () => {
    const text = '0@n1 insert ["a",null]\n0@n1 remove "a"\n';
    expect(verdict("list", text + ends("[]"))).toEqual(["valid"]);
    expect(verdict("list", text + ends('["a"]'))[1]).toMatch(/^resurrection 0,2,6: /);
  });
});

describe("strong eventual consistency", () => {
  const strong = (text: string) => strongEventual({ model: "list" }).check(historyOf(storeHistory(text)));
  const inserts = '0@n1 insert ["a",null]\n1@n2 insert ["b",null]\n2@n3 insert ["c",null]\n';
  const ends = ["0@n1", "1@n2", "2@n3"].map((who) => `\n${who} read = ["a","b","c"]`).join("");

  test("of a list has one order of its elements at all times", () => {
    const text = `${inserts}0@n1 read = ["b","a"]\nheal${ends}`;
    expect(verdict("list", text)).toEqual(["valid"]);
    const { validity, anomalies } = strong(text);
    expect(validity).toBe("invalid");
    expect(anomalies).toEqual([
      {
        type: "order-conflict",
        message:
          'no one order of the elements explains this: process 0 at n1 (event 6) saw ["b", "a"]; process 0 at n1 (event 10) saw ["a", "b"]',
        operations: [6, 10],
      },
    ]);
  });

  test("finds orders that go round in a circle, of which no two contradict one another", () => {
    const circle = '0@n1 read = ["a","b"]\n1@n2 read = ["b","c"]\n2@n3 read = ["c","a"]\n';
    const { anomalies } = strong(`${inserts}${circle}1@n2 remove "a"\n1@n2 remove "b"\n1@n2 remove "c"\nheal
      0@n1 read = []\n1@n2 read = []\n2@n3 read = []`);
    expect(anomalies.map(({ type, operations }) => [type, operations])).toEqual([
      ["order-conflict", [6, 8, 10]],
    ]);
  });

  test("counts what an element was inserted after, also where that is gone", () => {
    const text = `${inserts}0@n1 insert ["d","a"]\n1@n2 read = ["d","b"]\n1@n2 read = ["b","a"]\nheal`;
    expect(strong(text).anomalies.map(({ operations }) => operations)).toEqual([[6, 8, 10]]);
  });
});

describe("convergence alone", () => {
  const converges = (model: string, text: string) =>
    convergence({ model })
      .check(historyOf(storeHistory(text)))
      .anomalies.map(({ type }) => type);

  test("is that nodes agree in the end, though all that was acknowledged is lost", () => {
    expect(converges("register", "0@n1 write 1\nheal\n0@n1 read = null\n1@n2 read = null")).toEqual([]);
    expect(converges("set", "0@n1 add 1\nheal\n0@n1 read = []\n1@n2 read = []")).toEqual([]);
  });

  test("is broken by nodes that differ, and by values that nobody wrote", () => {
    expect(converges("register", "0@n1 write 1\nheal\n0@n1 read = 1\n1@n2 read = null")).toEqual([
      "divergence",
    ]);
    expect(converges("register", "heal\n0@n1 read = 1\n1@n2 read = 1")).toEqual(["thin-air-read"]);
  });
});

describe("too little to say anything", () => {
  test.each([
    [
      "no final heal",
      "0@n1 write 1\n0@n1 read = 1\n1@n2 read = 1",
      "no-final-heal: the history has no final heal, after which nodes could be expected to agree",
    ],
    [
      "nobody says who answered",
      "0 write 1\nheal\n0 read = 1\n1 read = 1",
      "no-final-reads-at-two-nodes: the history does not tell which node answered",
    ],
    [
      "one node alone",
      "0@n1 write 1\nheal\n0@n1 read = 1",
      "no-final-reads-at-two-nodes: n1 alone answered, so there is nobody to agree with",
    ],
    [
      "a node that was silent in the end",
      "0@n1 write 1\n2@n3 write 2\nheal\n0@n1 read = 1\n1@n2 read = 1",
      "final-reads-incomplete: 1 of 1 keys were not read at every node after the final heal: the object not at n3",
    ],
    [
      "a key that was read at one node",
      "x: 0@n1 write 1\ny: 0@n1 write 1\nheal\nx: 0@n1 read = 1\nx: 1@n2 read = 1\ny: 1@n2 read = 1",
      "final-reads-incomplete: 1 of 2 keys were not read at every node after the final heal: y not at n1",
    ],
  ])("%s", (_, text, reason) => {
    expect(verdict("register", text)).toEqual(["unknown", reason]);
  });

  test("is still enough for what is wrong for certain", () => {
    expect(verdict("register", "0@n1 read = 1")[0]).toBe("invalid");
  });
});

test("the time to converge is measured for each key and node, from the end of the final heal", () => {
  const text = `
    x: 0@n1 write 1
    heal
    x: 0@n1 read = 1
    x: 1@n2 read = null
    x: 1@n2 read = 1
    x: 1@n2 read = 1`;
  expect(check("register", text).measures).toEqual([
    { name: "time to converge", unit: "ms", key: "x", node: "n1", value: 2 },
    { name: "time to converge", unit: "ms", key: "x", node: "n2", value: 6 },
  ]);
});
