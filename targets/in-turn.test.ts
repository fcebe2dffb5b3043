import { expect, test } from "vitest";
import { inTurn } from "./in-turn.ts";

test("a task starts when the one before it has ended, in error or not", async () => {
  const alone = inTurn();
  const seen: string[] = [];
  const task = (name: string) => async () => {
    seen.push(`${name} starts`);
    await Promise.resolve();
    seen.push(`${name} ends`);
    if (name === "a") throw new Error("a failed");
    return name;
  };
  const [a, b] = await Promise.allSettled([alone(task("a")), alone(task("b"))]);
  expect(seen).toEqual(["a starts", "a ends", "b starts", "b ends"]);
  expect(a).toMatchObject({ status: "rejected" });
  expect(b).toEqual({ status: "fulfilled", value: "b" });
});
