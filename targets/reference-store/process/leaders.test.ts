import { expect, test } from "vitest";
import { ClientError } from "../../../harness/ports/outcome.ts";
import type { MessageBody } from "../../process/message.ts";
import { leadersOf } from "./leaders.ts";

/** A cluster whose nodes answer what is asked of them, or fail as they are told to. */
function answering(answers: Readonly<Record<string, MessageBody | Error>>) {
  return {
    nodes: Object.keys(answers),
    async ask(node: string): Promise<MessageBody> {
      const answer = answers[node] as MessageBody | Error;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

test("those lead who say so, each for itself", async () => {
  const cluster = answering({
    n1: { type: "status_ok", leads: true },
    n2: { type: "status_ok", leads: false },
    n3: { type: "status_ok", leads: true },
  });
  expect(await leadersOf(cluster)).toEqual(["n1", "n3"]);
});

test("a node that is down, ends before it answers, is paused or is not told who it is says nothing", async () => {
  const silent = (code: string) =>
    new ClientError({ code, message: `n says nothing: ${code}`, definite: false });
  const cluster = answering({
    n1: silent("connection-refused"),
    n2: silent("connection-reset"),
    n3: silent("aborted"),
    n4: { type: "error", code: 11, text: "not initialized" },
    n5: { type: "status_ok", leads: true },
  });
  expect(await leadersOf(cluster)).toEqual(["n5"]);
});

test("any other error is a mistake, and is heard", async () => {
  const cluster = answering({ n1: { type: "status_ok", leads: true }, n2: new Error("there is no node n2") });
  await expect(leadersOf(cluster)).rejects.toThrow("there is no node n2");
});
