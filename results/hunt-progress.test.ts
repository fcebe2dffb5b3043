import { describe, expect, test } from "vitest";
import { huntProgress } from "./hunt-progress.ts";

function told(
  live: boolean,
  run: (progress: ReturnType<typeof huntProgress>, tick: (ms: number) => void) => void,
) {
  let nowMs = 0;
  let text = "";
  const output = {
    live,
    write: (more: string) => {
      text += more;
    },
    style: (_style: string, styled: string) => styled,
  };
  run(
    huntProgress(output, () => nowMs),
    (ms) => {
      nowMs += ms;
    },
  );
  return text;
}

const count = (done: number) => ({
  done,
  seeds: 1_000,
  invalid: 1,
  unknown: 2,
  states: 31,
  combinations: 17,
});

describe("the progress of a hunt", () => {
  test("is one line that is redrawn on a terminal, at most ten times a second", () => {
    const text = told(true, (progress, tick) => {
      for (let seed = 1; seed <= 20; seed++) {
        tick(50);
        progress.seed(count(seed));
      }
    });
    const drawn = text.split("\r\x1b[2K").slice(1);
    expect(drawn).toHaveLength(10);
    expect(drawn.at(-1)).toMatchInlineSnapshot(
      `"  1.0 s  20 of 1000 seeds  20.0/s  1 invalid  2 unknown  31 protocol states  17 fault combinations"`,
    );
    expect(text).not.toContain("\n");
  });

  test("is a line now and then elsewhere", () => {
    const text = told(false, (progress, tick) => {
      for (let seed = 1; seed <= 25; seed++) {
        tick(1_000);
        progress.seed(count(seed));
      }
    });
    expect(text.trim().split("\n")).toHaveLength(2);
    expect(text).not.toContain("\x1b");
  });

  test("counts the rate of this sitting alone", () => {
    const text = told(false, (progress, tick) => {
      progress.begin(count(500));
      tick(10_000);
      progress.seed(count(600));
    });
    expect(text).toContain("600 of 1000 seeds  10.0/s");
  });
});
