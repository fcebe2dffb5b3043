import { describe, expect, test } from "vitest";
import { EnvironmentError } from "../../harness/errors.ts";
import type { PauseCapability } from "../../harness/ports/index.ts";
import { pollUntil } from "../poll.ts";
import type { NodeCommand } from "./node-process.ts";
import { demonstration } from "./testing/nodes.ts";
import { ProcessRun } from "./testing/process-run.ts";

async function startErrorOf(program: NodeCommand, options = {}): Promise<EnvironmentError> {
  try {
    const run = await ProcessRun.start({ workload: "echo", program, options });
    await run[Symbol.asyncDispose]();
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    return error as EnvironmentError;
  }
  throw new Error("it started");
}

describe("what makes a start impossible says so, by node", () => {
  test("a program that is not there", async () => {
    const { code, message, hint } = await startErrorOf({ command: "/nowhere/node", args: [] });
    expect({ code, message }).toEqual({
      code: "cannot-start",
      message: expect.stringMatching(/^n1 cannot be started: "\/nowhere\/node": .*ENOENT/),
    });
    expect(hint).toContain("PATH");
  });

  test("a program that is not executable", async () => {
    const { code, hint } = await startErrorOf({ command: import.meta.filename, args: [] });
    expect(code).toBe("cannot-start");
    expect(hint).toContain("chmod +x");
  });

  test("a node that dies, with its last words", async () => {
    const { code, message } = await startErrorOf(demonstration("broken", "dies at start"));
    expect({ code, message }).toEqual({
      code: "node-died",
      message: "n1 ended by itself: exit code 7\n  the end of its log:\n  cannot find my configuration",
    });
  });

  test("a node that prints what is no message", async () => {
    const { code, message, hint } = await startErrorOf(demonstration("broken", "prints garbage"));
    expect({ code, message }).toEqual({
      code: "node-garbage",
      message: 'n1 wrote no JSON: line 1 of its standard output is "Listening on port 80"',
    });
    expect(hint).toContain("standard error");
  });

  test("a node that never answers init", async () => {
    const { code, message } = await startErrorOf(demonstration("broken", "is silent"), {
      "init-timeout": "200ms",
    });
    expect({ code, message }).toEqual({ code: "no-init", message: "n1 did not answer init within 0.2 s" });
  });

  test("a node that refuses init", async () => {
    const { code, message } = await startErrorOf(demonstration("broken", "refuses init"));
    expect(code).toBe("init-refused");
    expect(message).toContain("I do not like my name");
  });
});

/** The problem of a cluster whose first node misbehaves when it is asked for an echo. */
function laterProblem(how: string) {
  return ProcessRun.during(
    {
      workload: "echo",
      program: demonstration("broken", how),
      options: { "max-messages": "3000" },
    },
    async (run) => {
      const outcome = await run.ask("n1", { f: "echo", value: 1 }).then(
        ({ type }) => type,
        ({ code }: { code: string }) => code,
      );
      let problem: EnvironmentError | undefined;
      await pollUntil(run.clock, { timeoutMs: 20_000, everyMs: 5 }, async () => {
        problem = await run.cluster.failure?.();
        return problem !== undefined;
      });
      return { outcome, code: problem?.code, message: problem?.message ?? "", told: run.messages };
    },
  );
}

describe("what makes the rest of a run meaningless is told at once, and is the cluster's failure", () => {
  test.each([
    [
      "prints garbage later",
      "node-garbage",
      'n1 wrote no JSON: line 2 of its standard output is "handled a request"',
    ],
    ["sends to nobody", "node-garbage", 'n1 wrote a message to "n99", whom there is not: line 2'],
    ["says it is somebody else", "node-garbage", 'n1 wrote a message that says it is from "n99": line 2'],
    ["greets a client", "node-garbage", "n1 wrote a message to a client without in_reply_to: line 2"],
    ["floods with a line", "node-floods", "n1 wrote a line of more than 1 MiB: line 2"],
    ["floods with messages", "node-floods", "n1 sent more than 3000 messages within a second; line "],
  ])("%s", async (how, expected, text) => {
    const { code, message, told } = await laterProblem(how);
    expect(code).toBe(expected);
    expect(message).toContain(text);
    expect(told.join("\n")).toContain(text);
  });

  test("dies later", async () => {
    const { outcome, code, message } = await laterProblem("dies later");
    expect({ outcome, code }).toEqual({ outcome: "connection-reset", code: "node-died" });
    expect(message).toContain("exit code 3");
    expect(message).toContain("a bug of the node's own");
  });
});

describe("a node that reads no more of what it is sent", () => {
  const setup = { workload: "echo", program: demonstration("broken", "reads no more"), nodes: 1 };
  const large = { f: "echo", value: "x".repeat(2 ** 20) };

  /** Sends more than waits for a node. */
  async function send40MiB(run: ProcessRun): Promise<void> {
    const asked = Array.from({ length: 40 }, () => run.ask("n1", large).catch(() => undefined));
    await run.clock.sleep(300e6);
    await run.cluster[Symbol.asyncDispose]();
    await Promise.all(asked);
  }

  test("is told apart from one that is slow when 32 MiB wait for it", async () => {
    await ProcessRun.during(setup, async (run) => {
      await send40MiB(run);
      expect((await run.cluster.failure?.())?.code).toBe("node-deaf");
    });
  });

  test("because it is paused is not to blame: what is beyond that is lost", async () => {
    await ProcessRun.during(setup, async (run) => {
      await (run.cluster.capabilities.pause as PauseCapability).pause(["n1"]);
      await send40MiB(run);
      expect(await run.cluster.failure?.()).toBeUndefined();
      expect(run.messages.join()).toContain("n1 is paused and was sent more than waits for it");
    });
  });
});

describe("what concerns one operation ends that operation alone", () => {
  test.each([
    ["answers nonsense", "malformed-reply", false],
    ["refuses everything", "temporarily-unavailable", true],
  ])("%s", async (how, code, definite) => {
    await ProcessRun.during(
      {
        workload: "echo",
        program: demonstration("broken", how),
        nodes: 1,
      },
      async (run) => {
        await expect(run.ask("n1", { f: "echo", value: 1 })).rejects.toMatchObject({
          code,
          definite,
          node: "n1",
        });
        expect(await run.cluster.failure?.()).toBeUndefined();
        expect(run.messages.join("\n").includes("a echo_ok holds echo")).toBe(code === "malformed-reply");
      },
    );
  });
});
