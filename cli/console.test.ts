import { describe, expect, test } from "vitest";
import { systemConsole } from "./console.ts";

/** A console between two streams, and what was written to each. */
function consoleOf(env: NodeJS.ProcessEnv, terminal: { stdout: boolean; stderr: boolean }) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY: terminal[name],
    write: (text: string) => {
      written[name] += text;
    },
  });
  return { console: systemConsole(env, { stdout: stream("stdout"), stderr: stream("stderr") }), written };
}

const onTerminal = { stdout: true, stderr: true };

test("results go to stdout and everything else to stderr, a line each", () => {
  const { console, written } = consoleOf({}, { stdout: false, stderr: false });
  console.out("VALID");
  console.err("seed 42");
  expect(written).toEqual({ stdout: "VALID\n", stderr: "seed 42\n" });
});

describe("colour", () => {
  const styled = (env: NodeJS.ProcessEnv, terminal = onTerminal) =>
    consoleOf(env, terminal).console.style("red", "INVALID");

  test("is there where stdout is a terminal", () => {
    expect(styled({})).toBe("\x1b[31mINVALID\x1b[39m");
    expect(styled({}, { stdout: true, stderr: false })).toBe("\x1b[31mINVALID\x1b[39m");
  });

  test("is not where stdout is a file or a pipe", () => {
    expect(styled({}, { stdout: false, stderr: true })).toBe("INVALID");
  });

  test.each([{ NO_COLOR: "1" }, { NO_COLOR: "0" }, { TERM: "dumb" }])("is not under %j", (env) => {
    expect(styled(env)).toBe("INVALID");
  });

  test("is there under an empty NO_COLOR, which says nothing", () => {
    expect(styled({ NO_COLOR: "" })).not.toBe("INVALID");
  });
});

describe("progress is redrawn", () => {
  const live = (env: NodeJS.ProcessEnv, terminal = onTerminal) => consoleOf(env, terminal).console.live;

  test("where stderr is a terminal, whatever stdout is", () => {
    expect(live({})).toBe(true);
    expect(live({}, { stdout: false, stderr: true })).toBe(true);
    expect(live({}, { stdout: true, stderr: false })).toBe(false);
  });

  test("also without colour", () => {
    expect(live({ NO_COLOR: "1" })).toBe(true);
  });

  test("but not under CI or on a dumb terminal", () => {
    expect(live({ CI: "true" })).toBe(false);
    expect(live({ TERM: "dumb" })).toBe(false);
  });
});
