import { describe, expect, test } from "vitest";
import { excerptOfText, parseMessage } from "./message.ts";

test("a line is a message with a source, a destination and a body", () => {
  const line = '{"id":3,"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":1,"echo":[1,"a"]}}';
  expect(parseMessage(line)).toEqual({
    src: "n1",
    dest: "c1",
    body: { type: "echo_ok", in_reply_to: 1, echo: [1, "a"] },
  });
});

describe("what is no message says why", () => {
  test.each([
    ["Listening on port 80", "no JSON"],
    ["", "no JSON"],
    ["[1,2]", "no JSON object"],
    ["null", "no JSON object"],
    ['{"dest":"n1","body":{}}', "a message without a text src"],
    ['{"src":"n1","dest":2,"body":{}}', "a message without a text dest"],
    ['{"src":"n1","dest":"n2"}', "a message whose body is no object"],
    ['{"src":"n1","dest":"n2","body":[]}', "a message whose body is no object"],
    ['{"src":"n1","dest":"n2","body":{"msg_id":"7"}}', "a message whose msg_id is no integer"],
    ['{"src":"n1","dest":"n2","body":{"in_reply_to":1.5}}', "a message whose in_reply_to is no integer"],
  ])("%s", (line, problem) => {
    expect(parseMessage(line)).toEqual({ problem });
  });

  test("also a number that cannot be told from its neighbours", () => {
    const { problem } = parseMessage('{"src":"n1","dest":"c1","body":{"value":9007199254740993}}') as {
      problem: string;
    };
    expect(problem).toContain("outside ±(2^53 - 1)");
  });
});

test("an excerpt is short, and harmless on a terminal", () => {
  expect(excerptOfText("a\u001b[31mb")).toBe('"a\\u001b[31mb"');
  expect(excerptOfText("x".repeat(500))).toBe(`"${"x".repeat(120)}"…`);
});
