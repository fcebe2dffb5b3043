import { describe, expect, test } from "vitest";
import { Random } from "../../clock/index.ts";
import { AssayError } from "../../errors.ts";
import { readHistoryStream } from "../read-history.ts";
import { readHistoryText } from "../text-reader.ts";

/** Histories of every format, with everything in them that a reader knows. */
const SEEDS: readonly string[] = [
  `{:type :invoke, :process 0, :f :write, :value "a\\n\\u00e9", :time 5, :index 0}
{:type :ok, :process 0, :f :write, :value "a\\n\\u00e9", :time 7, :index 1}
{:type :info, :process :nemesis, :f :start, :value {:n1 #{:a :b}}, :error [:timeout "x"]}
`,
  `[#jepsen.history.Op{:index -1, :type :invoke, :process 1, :f :txn, :value [[:append 1 2] [:r 3 nil]]}
 #jepsen.history.Op{:type :ok, :process 1, :f :txn, :value [[:append 1 2] [:r 3 [1 2 3]]]}] ; end
`,
  `({:type :invoke, :process 4, :f :read, :value [:k nil]} #_ {:gone 1}
 ^{:m 1} {:type :ok, :process 4, :f :read, :value [:k 1/2], :x #:ns{:a \\newline :b ##Inf}})
`,
  `{:type :invoke, :process 2, :f :cas, :value (1N 2.5M) :exception #error {:via [0x1F]}}
{:type :fail, :process 2, :f :cas, :value (1N 2.5M), :error :mismatch, :time 1e3}
{:type :invoke, :process 2, :f :add, :value #inst "1985", :key "k"}
`,
  `INFO  jepsen.util - 0	:invoke	:read	nil
INFO  jepsen.core - something else
INFO  jepsen.util - 0	:ok	:read	3
INFO  jepsen.util - 1	:invoke	:cas	[1 2]
INFO  jepsen.util - 1	:info	:cas	:timed-out
`,
  `0	:invoke	:read	[1 nil]
:nemesis	:info	:start	nil
0	:ok	:read	[1 "x"]
1	:invoke	:write	[2 {:a #{1}}]
1	:fail	:write	[2 {:a #{1}}]	Connection refused
`,
  `{"type":"invoke","process":0,"f":"read","key":"x","value":null}
{"type":"ok","process":0,"f":"read","key":"x","value":[1,{"a":2}],"node":"n1"}
`,
];

/** What breaks readers: brackets, quotes, marks of every construct, numbers at their bounds, and what is no text. */
const SHARDS: readonly string[] = [
  ..."[](){}\"\\;#:^,'`~@/\t \n\r",
  ...["#_", "#{", "##", "##NaN", "#:a{", "#:", "#", "^{", "^:a", "\\newline", "\\u12", "\\", "nil", "true"],
  ...[
    "{:type :ok}",
    "[nil nil]",
    ":type",
    ":process",
    ":value",
    ":nemesis",
    ":invoke",
    "::a",
    ":a/b/c",
    "N",
    "M",
  ],
  ...["1/0", "2/4", "-1", "+", "1e999", "9007199254740993", "-0.0", "007", "0x1F", `1${"0".repeat(400)}`],
  ...["\0", "\ufeff", "\u0001", "\ud800", "é", "🗝", "\u2028", "x".repeat(3000)],
  ...[
    "[".repeat(150),
    "{:a ".repeat(150),
    "#_".repeat(150),
    "^".repeat(150),
    "#t ".repeat(150),
    "(".repeat(3000),
  ],
];

/** One to four changes: something put in, taken out, doubled, moved or cut off. */
function mutated(text: string, random: Random): string {
  let result = text;
  for (let change = random.between(1, 4); change > 0; change--) {
    const at = random.int(result.length + 1);
    const to = Math.min(result.length, at + random.between(1, 40));
    const part = result.slice(at, to);
    switch (random.int(6)) {
      case 0:
      case 1:
        result = result.slice(0, at) + random.pick(SHARDS) + result.slice(at);
        break;
      case 2:
        result = result.slice(0, at) + result.slice(random.chance(0.5) ? to : at + 1);
        break;
      case 3:
        result = result.slice(0, to) + part + result.slice(to);
        break;
      case 4:
        result = result.slice(0, at) + random.pick(SHARDS) + result.slice(to);
        break;
      default:
        result = random.chance(0.3) ? result.slice(0, at) : result.slice(0, at) + result.slice(to) + part;
    }
  }
  return result;
}

const MESSAGE = /^fuzzed(?:, line [1-9]\d*(?:, column [1-9]\d*)?: | holds no event \(\d+ lines?\)$)/;

/** The code of a refusal that says where, what and what to do; whatever is none is thrown on. */
function codeOf(error: unknown): string {
  if (!(error instanceof AssayError)) throw error;
  const { code, message, hint, exitCode } = error;
  const isGood = exitCode === 64 && MESSAGE.test(message) && message.length < 800 && hint !== undefined;
  return isGood ? code : `${code} without a place or a hint: ${message}`;
}

describe("100,000 mutated files are read, or refused with the line and what to do", () => {
  const counts = new Map<string, number>();
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

  test.each(SEEDS.map((text, at) => [at, text] as const))("of kind %i", { timeout: 60_000 }, (at, text) => {
    const random = new Random(20_260).fork(at);
    for (let i = 0; i < 14_300; i++) {
      const input = mutated(text, random);
      try {
        const { history } = readHistoryText(
          input,
          "fuzzed",
          random.chance(0.2) ? { independent: random.chance(0.5) } : {},
        );
        count(history.length > 0 ? "read" : "read, and empty");
      } catch (error) {
        count(codeOf(error));
      }
    }
  });

  test("and all ways to be refused were among them", () => {
    const total = [...counts.values()].reduce((sum, each) => sum + each, 0);
    expect(total).toBeGreaterThanOrEqual(100_000);
    expect([...counts.keys()].filter((key) => !/^[a-z-]+$/.test(key))).toEqual([]);
    const frequent = [...counts].filter(([, times]) => times >= 20).map(([key]) => key);
    expect(frequent).toEqual(
      expect.arrayContaining([
        "read",
        "malformed-edn",
        "value-too-deep",
        "values-conflated",
        "unclosed-form",
        "bad-line",
        "bad-type",
        "bad-process",
        "bad-f",
        "not-json",
        "empty-history",
        "double-invocation",
        "completion-without-invocation",
        "mismatched-completion",
      ]),
    );
  });

  test("also as bytes in pieces, with bytes that are no text", { timeout: 60_000 }, async () => {
    const random = new Random(7).stream("bytes");
    const seen = new Set<string>();
    for (let i = 0; i < 3_000; i++) {
      const bytes = Buffer.from(mutated(random.pick(SEEDS), random));
      for (let change = random.int(3); change > 0 && bytes.length > 0; change--) {
        bytes[random.int(bytes.length)] = random.int(256);
      }
      const size = random.between(1, 200);
      async function* pieces(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      seen.add(await readHistoryStream(pieces(), "fuzzed").then(() => "read", codeOf));
    }
    expect([...seen].filter((key) => !/^[a-z-]+$/.test(key))).toEqual([]);
    expect([...seen]).toEqual(expect.arrayContaining(["read", "not-text", "malformed-edn", "bad-line"]));
  });
});
