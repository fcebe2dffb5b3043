import { describe, expect, test } from "vitest";
import { readHistoryText } from "../text-reader.ts";
import { formatOf, formats } from "./index.ts";

describe("the beginning of a file tells its format", () => {
  test.each([
    ['{"type":"invoke"', "jsonl"],
    ['\ufeff \n{ "type"', "jsonl"],
    ["{}", "jsonl"],
    ["{", "jsonl"],
    ['[{"type":"invoke"}]', "jsonl"],
    ["[1,2]", "jsonl"],
    ["hello", "jsonl"],
    ["", "jsonl"],
    ['{"value":"0 :invoke :read nil"}', "jsonl"],
    ["{:type :invoke}", "edn"],
    ['\ufeff\n; a comment with {"a":1}\n{:type :invoke}', "edn"],
    ["{ ;comment\n :type :invoke}", "edn"],
    ["[{:type :invoke}]", "edn"],
    ["[ ; comment\n{:type :invoke}]", "edn"],
    ["[#jepsen.history.Op{:type :invoke}]", "edn"],
    ["#jepsen.history.Op{:type :invoke}", "edn"],
    ["({:type :invoke})", "edn"],
    ["[]", "edn"],
    ["; only a comment", "edn"],
    ["0\t:invoke\t:read\tnil", "jepsen-text"],
    [":nemesis :info :start nil", "jepsen-text"],
    ["INFO  jepsen.util - 0\t:invoke\t:read\tnil", "jepsen-text"],
    ["INFO jepsen.core - Running\nWARN something\nINFO  jepsen.util - 0\t:invoke\t:read\tnil", "jepsen-text"],
  ])("%j is %s", (head, name) => {
    expect(formatOf(head).name).toBe(name);
  });

  test.each(formats)("the example of $name is read as what it is", ({ name, example }) => {
    expect(readHistoryText(`${example}\n`, "example")).toMatchObject({ format: name, warnings: [] });
    expect(readHistoryText(`${example}\n`, "example").history.operation(0)).toMatchObject({
      f: "write",
      input: 3,
      type: "ok",
    });
  });
});
