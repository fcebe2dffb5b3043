import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import type { Checker } from "../../harness/ports/checker.ts";
import { consistencies } from "../consistencies.ts";
import { check } from "../testing/check-registers.ts";
import type { BareEvent } from "../testing/history-of.ts";
import { drawnShape, sessionHistory } from "../testing/session-history.ts";
import { sessionOperations } from "../testing/session-operations.ts";

const HISTORIES = 400;

const NAMES = [
  "sequential",
  "causal-memory",
  "causal-convergence",
  "causal",
  "pram",
  "session",
  "read-your-writes",
  "monotonic-reads",
  "writes-follow-reads",
];

function checkerOf(name: string, model: string): Checker {
  const checker = consistencies[name]?.checker({ model, options: {} });
  return checker ?? expect.fail(`no consistency ${name}`);
}

/** The events of the operations that were invoked at these. */
function partOf(events: readonly BareEvent[], invocations: ReadonlySet<number>): BareEvent[] {
  const open = new Map<BareEvent["process"], boolean>();
  return events.filter(({ type, process }, at) => {
    if (type === "invoke") open.set(process, invocations.has(at));
    return open.get(process);
  });
}

describe("the operations of an anomaly", () => {
  test.each(NAMES)("of %s violate it by themselves, and in that way no fewer of them do", (name) => {
    const checker = checkerOf(name, "cas-register");
    let shown = 0;
    for (let ordinal = 0; shown < HISTORIES; ordinal++) {
      const random = new Random(10).stream(name).fork(ordinal);
      const events = sessionHistory(random, drawnShape(random, random.pick([10, 30])));
      for (const anomaly of check(checker, events).anomalies) {
        const { type, operations, message } = anomaly;
        if (type === "ThinAirRead") continue;
        shown++;
        const report = (what: string, part: readonly BareEvent[]): string =>
          [`history ${ordinal} ${what}`, message, ...part.map((event) => JSON.stringify(event))].join("\n");
        const part = partOf(events, new Set(operations));
        if (check(checker, part).validity !== "invalid")
          expect.fail(report("has a witness of nothing", part));
        for (const left of operations) {
          const fewer = partOf(events, new Set(operations.filter((operation) => operation !== left)));
          // Without the write that a read is from the rest is another history.
          const isSame = check(checker, fewer).anomalies.some((other) => other.type === type);
          if (isSame && !isReadFrom(part, fewer)) {
            expect.fail(report(`does not need the operation of event ${left}`, fewer));
          }
        }
      }
    }
  });

  test("are two for a read of the initial value after one's own write, whatever the model", () => {
    for (const name of NAMES.filter((each) => each !== "monotonic-reads" && each !== "writes-follow-reads")) {
      const event = (type: "invoke" | "ok", f: string, key: string, value: number | null): BareEvent => ({
        type,
        process: 0,
        f,
        key,
        value,
      });
      const both = (f: string, key: string, value: number | null) => [
        event("invoke", f, key, f === "read" ? null : value),
        event("ok", f, key, value),
      ];
      const noise = (from: number) =>
        Array.from({ length: 30 }, (_, at) => both("write", "y", from + at)).flat();
      const events = [
        ...noise(0),
        ...both("write", "x", 1),
        ...noise(100),
        ...both("read", "x", null),
        ...noise(200),
      ];
      const { anomalies } = check(checkerOf(name, "register"), events);
      expect(
        anomalies.map(({ operations }) => operations.length),
        name,
      ).toEqual([2]);
    }
  });
});

/** Whether an operation that was left out wrote what one of the rest read. */
function isReadFrom(all: readonly BareEvent[], rest: readonly BareEvent[]): boolean {
  const written = (events: readonly BareEvent[]) =>
    new Set(sessionOperations(events).flatMap(({ key, write }) => (write ? [`${key} ${write.value}`] : [])));
  const left = written(rest);
  const gone = new Set([...written(all)].filter((each) => !left.has(each)));
  return sessionOperations(rest).some(
    ({ key, read }) => read !== undefined && gone.has(`${key} ${read.value}`),
  );
}
