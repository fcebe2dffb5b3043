import { describe, expect, test } from "vitest";
import type { Json } from "../../harness/history/index.ts";
import { createModel, describeOperation, type Model, type ModelOperation } from "./index.ts";

const ok = (f: string, input: Json, output: Json = input, process = 0): ModelOperation => {
  return { f, input, output, type: "ok", process };
};
const crashed = (f: string, input: Json, process = 0): ModelOperation => {
  return { f, input, type: "info", process };
};

/** The states that a row of operations leads through, or why one of them cannot be. */
function steps(model: Model, ...operations: readonly ModelOperation[]): (Json | string)[] {
  const passed: (Json | string)[] = [];
  let state: Json = model.init;
  for (const operation of operations) {
    const step = model.step(state, operation);
    if ("rejected" in step) return [...passed, `rejected: ${step.rejected}`];
    state = step.state;
    passed.push(state);
  }
  return passed;
}

/** Why the last operation is rejected after the others. */
const why = (model: Model, ...operations: readonly ModelOperation[]) => steps(model, ...operations).at(-1);

describe("a queue", () => {
  const model = createModel("queue");
  const put = [ok("enqueue", 3), ok("enqueue", 5)];

  test("gives back what came first", () => {
    const all = [...put, ok("peek", null, 3), ok("dequeue", null, 3), ok("dequeue", null, 5)];
    expect(steps(model, ...all, ok("dequeue", null, null), ok("peek", null, null))).toEqual([
      [3],
      [3, 5],
      [3, 5],
      [5],
      [],
      [],
      [],
    ]);
  });

  test("says why it cannot", () => {
    expect(why(model, ...put, ok("dequeue", null, 5))).toBe("rejected: 3 is at the front, not 5");
    expect(why(model, ...put, ok("peek", null, null))).toBe(
      "rejected: the queue is not empty: 3 is at the front",
    );
    expect(why(model, ok("dequeue", null, 5))).toBe("rejected: the queue is empty");
  });

  test("loses a value to a dequeue that nobody answered, if there is one", () => {
    expect(steps(model, ...put, crashed("dequeue", null), ok("dequeue", null, 5))).toHaveLength(4);
    expect(steps(model, crashed("dequeue", null))).toEqual([[]]);
  });
});

test("a stack gives back what came last, and says what is on top", () => {
  const model = createModel("stack");
  const put = [ok("push", 3), ok("push", 5)];
  expect(steps(model, ...put, ok("pop", null, 5), ok("peek", null, 3)).at(-1)).toEqual([3]);
  expect(why(model, ...put, ok("pop", null, 3))).toBe("rejected: 5 is on top, not 3");
  expect(why(model, ok("pop", null, 3))).toBe("rejected: the stack is empty");
});

test("a priority queue gives back the largest, twice what is in it twice", () => {
  const model = createModel("priority-queue");
  const put = [ok("insert", 5), ok("insert", -1.5), ok("insert", 9), ok("insert", 5)];
  expect(why(model, ...put)).toEqual([9, 5, 5, -1.5]);
  expect(why(model, ...put, ok("poll", null, 9), ok("poll", null, 5))).toEqual([5, -1.5]);
  expect(why(model, ...put, ok("poll", null, 5))).toBe("rejected: 9 is the largest, not 5");
});

describe("a bag", () => {
  const model = createModel("bag");
  const put = [ok("add", 3), ok("add", 5), ok("add", 3)];

  test("gives back what is in it, in any order", () => {
    expect(why(model, ...put, ok("remove", null, 5), ok("remove", null, 3), ok("remove", null, 3))).toEqual([
      [],
    ]);
    expect(why(model, ...put, ok("remove", null, 7))).toBe("rejected: 7 is not in the bag");
    expect(why(model, ...put, ok("remove", null, null))).toBe("rejected: the bag is not empty");
    expect(why(model, ok("remove", null, 3))).toBe("rejected: the bag is empty");
  });

  test("may have lost any value to a remove that nobody answered, and only one", () => {
    const lost = [...put, crashed("remove", null)];
    expect(why(model, ...lost)).toEqual([
      [3, 3],
      [3, 5],
    ]);
    expect(why(model, ...lost, ok("remove", null, 5))).toEqual([[3]]);
    expect(why(model, ...lost, ok("remove", null, 3), ok("remove", null, 3))).toEqual([[]]);
    expect(why(model, ...lost, ok("remove", null, 3), ok("remove", null, null))).toBe(
      "rejected: the bag is not empty",
    );
  });
});

describe("a set", () => {
  const model = createModel("set");

  test("tells whether it changed, where it is asked", () => {
    const all = [ok("add", [3, null], [3, true]), ok("add", [3, null], [3, false]), ok("add", 3)];
    expect(steps(model, ...all, ok("remove", [3, null], [3, true]), ok("remove", 3))).toEqual([
      [3],
      [3],
      [3],
      [],
      [],
    ]);
    expect(why(model, ok("add", 3), ok("add", [3, null], [3, true]))).toBe("rejected: 3 is in the set");
    expect(why(model, ok("remove", [3, null], [3, true]))).toBe("rejected: 3 is not in the set");
  });

  test("tells what it contains, in any order", () => {
    const added = [ok("add", "b"), ok("add", "a")];
    expect(why(model, ...added, ok("contains", ["a", null], ["a", true]))).toEqual(["a", "b"]);
    expect(why(model, ...added, ok("contains", ["a", null], ["a", false]))).toBe(
      'rejected: "a" is in the set',
    );
    expect(why(model, ...added, ok("read", null, ["b", "a"]))).toEqual(["a", "b"]);
    expect(why(model, ...added, ok("read", null, ["b"]))).toBe(
      'rejected: "a" is in the set, and not in the answer',
    );
    expect(why(model, ...added, ok("read", null, ["a", "b", "c"]))).toBe('rejected: "c" is not in the set');
    expect(why(model, ...added, ok("read", null, ["a", "b", "b"]))).toBe(
      'rejected: "b" stands twice in the answer, and a set has it once',
    );
  });

  test("takes each element for an object of its own, unless all are read", () => {
    const parts = [ok("add", 3), ok("contains", [4, null], [4, false]), ok("read", null, [])];
    expect(parts.map((operation) => model.split?.(operation))).toEqual([3, 4, undefined]);
  });
});

describe("a key-value map", () => {
  test("appends to what is there, and to nothing", () => {
    const model = createModel("kv");
    const all = [ok("append", "a"), ok("append", "b"), ok("get", null, "ab"), ok("delete", null)];
    expect(steps(model, ...all, ok("get", null, null), ok("put", 7))).toEqual([
      "a",
      "ab",
      "ab",
      null,
      null,
      7,
    ]);
    expect(why(model, ok("put", 7), ok("append", "a"))).toBe(
      "rejected: the key holds 7, and strings are appended to strings",
    );
    expect(why(model, ok("put", 7), ok("get", null, 8))).toBe("rejected: the key holds 7, not 8");
    expect(why(model, ok("get", null, 8))).toBe("rejected: the key is absent, not 8");
  });

  test("reads an absent key as the empty string where it does so at first", () => {
    const model = createModel("kv", { init: "" });
    expect(why(model, ok("put", "a"), ok("delete", null), ok("get", null, ""))).toBe("");
  });

  test("leaves out a get that says nothing", () => {
    const model = createModel("kv", { nilReads: "unknown" });
    expect([null, ""].map((seen) => model.isVoid?.(ok("get", null, seen)))).toEqual([true, false]);
  });
});

describe("a multi-register", () => {
  const model = createModel("multi-register", { init: 0 });
  const txn = (...parts: readonly (readonly [string, Json, Json])[]) => ok("txn", parts);

  test("reads and writes together, each transaction in the order of its parts", () => {
    const all = [txn(["w", "x", 1], ["r", "x", 1], ["r", "y", 0]), txn(["r", "x", 1], ["w", "x", 0])];
    expect(steps(model, ...all)).toEqual([[["x", 1]], []]);
    expect(why(model, txn(["w", "x", 1], ["r", "x", 0]))).toBe('rejected: register "x" holds 1, not 0');
  });

  test("takes a read of nothing for no answer where it is told to, each by itself", () => {
    const lenient = createModel("multi-register", { init: 0, nilReads: "unknown" });
    expect(why(lenient, txn(["r", "x", null], ["r", "y", 0]))).toEqual([]);
    expect(why(lenient, txn(["r", "x", null], ["r", "y", 1]))).toBe('rejected: register "y" holds 0, not 1');
    expect(lenient.isVoid?.(txn(["r", "x", null], ["read", "y", null]))).toBe(true);
  });

  test("keeps a number and its text apart as names", () => {
    expect(why(model, txn(["w", 1, 5]), txn(["r", "1", 5]))).toBe('rejected: register "1" holds 0, not 5');
  });

  test("of transactions on one register each takes that for its object", () => {
    expect(model.split?.(txn(["w", "x", 1], ["r", "x", 1]))).toBe('"x"');
    expect(model.split?.(txn(["w", "x", 1], ["r", "y", 1]))).toBe(undefined);
  });
});

test("a counter adds, and tells the sum", () => {
  const model = createModel("counter", { init: 2 });
  expect(steps(model, ok("add", -5), ok("add-and-get", 4, [4, 1]), ok("read", null, 1))).toEqual([-3, 1, 1]);
  expect(why(model, ok("read", null, 3))).toBe("rejected: the counter stands at 2, not 3");
  expect(why(model, ok("add-and-get", 1, [1, 4]))).toBe("rejected: the counter comes to 3, not 4");
  expect(steps(model, crashed("add-and-get", 4))).toEqual([6]);
});

test("an echo is what was said", () => {
  const model = createModel("echo");
  expect(why(model, ok("echo", { a: 1, b: 2 }, { b: 2, a: 1 }), ok("echo", null, null))).toBe(null);
  expect(why(model, ok("echo", 1, 2))).toBe("rejected: 1 does not come back as 2");
  expect(model.isVoid?.(crashed("echo", 1))).toBe(true);
});

test("identifiers come once, whatever an unanswered generate made", () => {
  const model = createModel("unique-ids");
  expect(why(model, ok("generate", null, "b"), ok("generate", null, "a"))).toEqual(["a", "b"]);
  expect(why(model, ok("generate", null, "b"), ok("generate", null, "b"))).toBe(
    'rejected: "b" was generated before',
  );
  expect(model.isVoid?.(crashed("generate", null))).toBe(true);
});

describe("a log", () => {
  const model = createModel("log");
  const appended = [ok("append", "a", ["a", 0]), ok("append", "b")];

  test("gives offsets from 0, and is read whole or from an offset on", () => {
    expect(why(model, ...appended, ok("read", null, ["a", "b"]))).toEqual(["a", "b"]);
    expect(why(model, ...appended, ok("read", 1, [1, "b"]), ok("read", 2, [2]), ok("read", 9, [9]))).toEqual([
      "a",
      "b",
    ]);
  });

  test("says why it cannot", () => {
    expect(why(model, ...appended, ok("append", "c", ["c", 3]))).toBe(
      "rejected: the log has 2 values, so the next offset is not 3",
    );
    expect(why(model, ...appended, ok("read", null, ["a", "c"]))).toBe(
      'rejected: the log has "b" at offset 1, not "c"',
    );
    expect(why(model, ...appended, ok("read", 1, [1]))).toBe(
      "rejected: the log has 2 values then, and the answer ends at offset 1",
    );
    expect(why(model, ...appended, ok("read", null, ["a", "b", "c"]))).toBe(
      "rejected: the log has 2 values then, and the answer ends at offset 3",
    );
  });

  test("takes a pair that is answered with itself for a value", () => {
    expect(why(model, ok("append", ["k", 7], ["k", 7]))).toEqual([["k", 7]]);
    expect(why(model, ok("append", ["k", 7], [["k", 7], 0]))).toEqual([["k", 7]]);
  });
});

describe("locks", () => {
  test("a mutex is released by whoever asks", () => {
    const model = createModel("mutex");
    const acquire = ok("acquire", null);
    expect(why(model, acquire, ok("release", null, null, 1))).toBe("free");
    expect(why(model, acquire, acquire)).toBe("rejected: the mutex is held");
    expect(why(model, ok("release", null))).toBe("rejected: the mutex is free");
  });

  test("an owner-aware mutex is released by its owner: a process, or who it says it is", () => {
    const model = createModel("owner-aware-mutex");
    const acquired = ok("acquire", null, null, 1);
    expect(why(model, acquired, ok("release", null, null, 1))).toBe(null);
    expect(why(model, acquired, ok("release", null, null, 2))).toBe(
      "rejected: the mutex is held by process 1, not by process 2",
    );
    expect(why(model, acquired, ok("acquire", null, null, 1))).toBe(
      "rejected: the mutex is held by process 1",
    );
    expect(why(model, ok("acquire", "a", null, 1), ok("release", "a", null, 2))).toBe(null);
    expect(why(model, ok("acquire", 1, null, 1), ok("release", null, null, 1))).toBe(
      "rejected: the mutex is held by 1, not by process 1",
    );
  });

  test("a fenced lock gives larger tokens each time", () => {
    const model = createModel("fenced-lock");
    const first = [ok("acquire", null, 3), ok("release", 3)];
    expect(why(model, ...first, ok("acquire", null, 7))).toEqual({ last: 7, holder: 7 });
    expect(why(model, ...first, ok("acquire", null, 3))).toBe(
      "rejected: token 3 was given out before, and 3 is not larger",
    );
    expect(why(model, ok("acquire", null, 3), ok("acquire", null, 4))).toBe(
      "rejected: the lock is held with token 3",
    );
    expect(why(model, ok("acquire", null, 3), ok("release", 2))).toBe(
      "rejected: the lock is held with token 3, not 2",
    );
    expect(why(model, ok("release", 2))).toBe("rejected: the lock is free");
  });

  test("a fenced lock may be held under a token that nobody was told, until it is released", () => {
    const model = createModel("fenced-lock");
    const lost = [ok("acquire", null, 3), ok("release", 3), crashed("acquire", null)];
    expect(why(model, ...lost, ok("release", 5), ok("acquire", null, 6))).toEqual({ last: 6, holder: 6 });
    expect(why(model, ...lost, ok("acquire", null, 5))).toBe(
      "rejected: the lock is held by nobody knows whom",
    );
    expect(why(model, ...lost, ok("release", 3))).toBe(
      "rejected: the lock is held by nobody knows whom, not 3",
    );
  });

  test("a semaphore has as many permits as it begins with", () => {
    const model = createModel("semaphore", { init: 2 });
    const acquire = ok("acquire", null);
    expect(why(model, acquire, acquire, ok("release", null))).toBe(1);
    expect(why(model, acquire, acquire, acquire)).toBe("rejected: all 2 permits are taken");
    expect(why(model, ok("release", null))).toBe("rejected: all 2 permits are free");
  });
});

test("every model puts what was done into words, with the key and without", () => {
  const told = (name: string, ...operations: readonly ModelOperation[]) =>
    operations.map((operation, at) =>
      describeOperation(createModel(name), operation, at % 2 === 0 ? "k" : undefined),
    );
  expect([
    told("queue", ok("enqueue", 3), ok("dequeue", null, 3), ok("dequeue", null, null), ok("peek", null, 3)),
    told("stack", crashed("pop", null), ok("pop", null, null), ok("peek", null, 3)),
    told("bag", ok("add", 3), ok("remove", null, 3), ok("remove", null, null), crashed("remove", null)),
    told("set", ok("add", 3), ok("remove", [3, null], [3, true]), ok("add", [3, null], [3, false])),
    told("set", ok("remove", [3, null], [3, false]), ok("contains", [3, null], [3, true])),
    told("set", ok("contains", [3, null], [3, false]), ok("read", null, [3]), crashed("read", null)),
    told("kv", ok("get", null, 3), ok("put", 3), ok("append", "a"), ok("delete", null)),
    told(
      "multi-register",
      ok("txn", [
        ["w", "x", 1],
        ["r", "y", 2],
      ]),
      crashed("txn", [["r", "y", null]]),
    ),
    told("counter", ok("add", 3), ok("add-and-get", 3, [3, 5]), ok("read", null, 5), crashed("read", null)),
    told("unique-ids", ok("generate", null, "a"), crashed("generate", null)),
    told("log", ok("append", "a"), ok("append", "a", ["a", 0]), ok("read", null, ["a"]), ok("read", 1, [1])),
    told("log", crashed("read", 1), crashed("read", null)),
    told("mutex", ok("acquire", null), ok("release", null)),
    told("owner-aware-mutex", ok("acquire", "a"), ok("release", null)),
    told("fenced-lock", ok("acquire", null, 3), ok("release", 3), crashed("acquire", null)),
    told("semaphore", ok("acquire", null), ok("release", null)),
  ]).toMatchInlineSnapshot(`
    [
      [
        "enqueued 3 to k",
        "dequeued 3",
        "found k empty",
        "saw 3 at the front",
      ],
      [
        "popped an unknown value from k",
        "found the stack empty",
        "saw 3 on top of k",
      ],
      [
        "added 3 to k",
        "removed 3",
        "found k empty",
        "removed an unknown value",
      ],
      [
        "added 3 to k",
        "removed 3",
        "was told that 3 is in k already",
      ],
      [
        "was told that 3 is not in k",
        "saw 3",
      ],
      [
        "missed 3 in k",
        "read [3]",
        "read all elements from k",
      ],
      [
        "got 3 from k",
        "put 3",
        "appended "a" to k",
        "deleted the key",
      ],
      [
        "wrote 1 to "x", read 2 from "y"",
        "asked for "y"",
      ],
      [
        "added 3 to k",
        "added 3 and got 5",
        "read 5 from k",
        "read the counter",
      ],
      [
        "generated "a" at k",
        "generated an id",
      ],
      [
        "appended "a" to k",
        "appended "a" at offset 0",
        "read ["a"] from k",
        "read [] from offset 1 on",
      ],
      [
        "asked for what follows offset 1 of k",
        "asked for all",
      ],
      [
        "acquired k",
        "released the mutex",
      ],
      [
        "acquired k as "a"",
        "released the mutex",
      ],
      [
        "acquired k with token 3",
        "released the lock with token 3",
        "acquired k",
      ],
      [
        "acquired a permit of k",
        "released a permit",
      ],
    ]
  `);
});
