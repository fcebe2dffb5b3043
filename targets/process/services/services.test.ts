import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/index.ts";
import type { MessageBody } from "../message.ts";
import { services } from "./index.ts";
import type { Service } from "./service.ts";

function service(name: string, seed = 1): Service {
  return services(new Random(seed)).get(name) as Service;
}

const write = (value: number, key = "x"): MessageBody => ({ type: "write", key, value });
const read = (key = "x"): MessageBody => ({ type: "read", key });
const cas = (from: number, to: number, more: MessageBody = {}): MessageBody => ({
  type: "cas",
  key: "x",
  from,
  to,
  ...more,
});

describe.each(["lin-kv", "seq-kv", "lww-kv"])("%s speaks of keys as Maelstrom does", (name) => {
  test("a key that was never written does not exist", () => {
    const kv = service(name);
    expect(kv.answer("n1", read())).toMatchObject({ type: "error", code: 20 });
    expect(kv.answer("n1", cas(1, 2))).toMatchObject({ type: "error", code: 20 });
  });

  test("cas creates a missing key where it is asked to", () => {
    expect(service(name).answer("n1", cas(1, 2, { create_if_not_exists: true }))).toEqual({ type: "cas_ok" });
  });

  test("what is no request of the service is not supported, what lacks something is malformed", () => {
    const kv = service(name);
    expect(kv.answer("n1", { type: "append", key: "x" })).toMatchObject({ type: "error", code: 10 });
    expect(kv.answer("n1", { type: "write", key: "x" })).toMatchObject({ type: "error", code: 12 });
    expect(kv.answer("n1", { type: "read" })).toMatchObject({ type: "error", code: 12 });
    expect(kv.answer("n1", { type: "cas", key: "x", from: 1 })).toMatchObject({ type: "error", code: 12 });
  });
});

describe("lin-kv", () => {
  test("everybody sees the last write", () => {
    const kv = service("lin-kv");
    kv.answer("n1", write(1));
    kv.answer("n2", write(2));
    expect(kv.answer("n3", read())).toEqual({ type: "read_ok", value: 2 });
  });

  test("cas compares, by value", () => {
    const kv = service("lin-kv");
    kv.answer("n1", { type: "write", key: "x", value: { a: 1, b: [2] } });
    expect(kv.answer("n1", { type: "cas", key: "x", from: { b: [2], a: 1 }, to: 5 })).toEqual({
      type: "cas_ok",
    });
    expect(kv.answer("n1", cas(4, 6))).toMatchObject({ type: "error", code: 22 });
    expect(kv.answer("n1", read())).toEqual({ type: "read_ok", value: 5 });
  });

  test("keys of different types are different keys", () => {
    const kv = service("lin-kv");
    kv.answer("n1", { type: "write", key: 1, value: "number" });
    kv.answer("n1", { type: "write", key: "1", value: "text" });
    expect(kv.answer("n1", { type: "read", key: 1 })).toEqual({ type: "read_ok", value: "number" });
  });
});

describe("seq-kv", () => {
  const valueRead = (kv: Service, client: string) => kv.answer(client, read())["value"] as number | undefined;

  test("a client that only reads may see the past, and never goes back", () => {
    let stale = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const kv = service("seq-kv", seed);
      let last = 0;
      for (let value = 1; value <= 100; value++) {
        kv.answer("writer", write(value));
        const seen = valueRead(kv, "reader") ?? 0;
        expect(seen).toBeGreaterThanOrEqual(last);
        expect(seen).toBeLessThanOrEqual(value);
        if (seen < value) stale++;
        last = seen;
      }
    }
    expect(stale).toBeGreaterThan(100);
  });

  test("no client sees further back than 32 states", () => {
    const kv = service("seq-kv");
    for (let value = 1; value <= 200; value++) kv.answer("writer", write(value));
    for (let reader = 0; reader < 200; reader++) {
      expect(valueRead(kv, `reader ${reader}`)).toBeGreaterThan(200 - 32);
    }
  });

  test("a client reads its own writes, whatever else goes on", () => {
    const kv = service("seq-kv", 3);
    for (let value = 1; value <= 200; value++) {
      kv.answer("n2", write(-value, "y"));
      kv.answer("n1", write(value));
      expect(valueRead(kv, "n1")).toBe(value);
    }
  });

  test("updates are never lost: compare-and-set counts right", () => {
    const kv = service("seq-kv", 5);
    kv.answer("n0", write(0));
    let done = 0;
    const random = new Random(7);
    for (let attempt = 0; attempt < 500; attempt++) {
      const client = `n${random.between(1, 3)}`;
      const seen = valueRead(kv, client);
      if (seen !== undefined && kv.answer(client, cas(seen, seen + 1))["type"] === "cas_ok") done++;
    }
    kv.answer("judge", write(1, "anything"));
    expect(done).toBeGreaterThan(100);
    expect(valueRead(kv, "judge")).toBe(done);
  });

  test("also an update that changes nothing may take place in the past, as Maelstrom's page shows", () => {
    const outcomes = new Set<unknown>();
    for (let seed = 1; seed <= 50; seed++) {
      const kv = service("seq-kv", seed);
      kv.answer("n1", write(1));
      kv.answer("n2", cas(1, 2));
      kv.answer("n1", write(1));
      kv.answer("n3", write(0, "up to date"));
      outcomes.add(valueRead(kv, "n3"));
    }
    expect(outcomes).toEqual(new Set([1, 2]));
  });
});

describe("lww-kv", () => {
  test("loses updates and shows the past, and converges when it is left alone", () => {
    let surprises = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const kv = service("lww-kv", seed);
      kv.answer("n1", write(1));
      kv.answer("n1", write(2));
      if (kv.answer("n1", read())["value"] !== 2) surprises++;
      for (let i = 0; i < 300; i++) kv.answer("n1", read());
      const settled = new Set(Array.from({ length: 50 }, () => kv.answer("n1", read())["value"]));
      expect(settled.size).toBe(1);
    }
    expect(surprises).toBeGreaterThan(5);
  });
});

test("lin-tso counts from 0", () => {
  const tso = service("lin-tso");
  const request = { type: "ts" };
  expect([tso.answer("n1", request), tso.answer("n2", request)]).toEqual([
    { type: "ts_ok", ts: 0 },
    { type: "ts_ok", ts: 1 },
  ]);
  expect(tso.answer("n1", { type: "read", key: "x" })).toMatchObject({ type: "error", code: 10 });
});
