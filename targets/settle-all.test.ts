import { expect, test } from "vitest";
import { settleAll } from "./settle-all.ts";

test("the values come in the order of the calls", async () => {
  expect(await settleAll([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
});

test("an error waits until every call has ended", async () => {
  let ended = false;
  const slow = (async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
    ended = true;
  })();
  await expect(settleAll([Promise.reject(new Error("first")), slow])).rejects.toThrow("first");
  expect(ended).toBe(true);
});
