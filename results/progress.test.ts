import { describe, expect, test } from "vitest";
import { NS_PER_MS } from "../harness/clock/index.ts";
import type { EventType, HistoryEvent, Json } from "../harness/history/index.ts";
import { progressReporter } from "./progress.ts";

const at = (ms: number, type: EventType, more: Partial<HistoryEvent> = {}): HistoryEvent => ({
  index: 0,
  time: ms * NS_PER_MS,
  type,
  process: 0,
  f: "write",
  value: null,
  ...more,
});

const fault = (ms: number, type: EventType, f: string, value: Json, more: Partial<HistoryEvent> = {}) =>
  at(ms, type, { process: "nemesis", f, value, ...more });

const effect = (detail: string) => ({ effective: true, detail });
const kill = { fault: 0, kind: "kill", plan: null };
const partition = { fault: 1, kind: "partition", plan: null };

/** What is written of a small run: a kill, a partition that cannot be healed, the final heal. */
function written(live: boolean): string {
  let text = "";
  const reporter = progressReporter({
    live,
    write: (more) => {
      text += more;
    },
    style: (style, styled) => `<${style}>${styled}</>`,
  });
  reporter.onLog?.("seed 42");
  reporter.onPhase?.("start", 0);
  reporter.onPhase?.("load", 5 * NS_PER_MS);
  const events = [
    at(10, "invoke"),
    at(20, "ok"),
    at(110, "ok"),
    fault(150, "invoke", "kill", kill),
    fault(160, "ok", "kill", { ...kill, effect: effect("n1: exit code 137") }),
    at(220, "info"),
    fault(230, "invoke", "partition", partition),
    fault(240, "ok", "partition", { ...partition, effect: effect("2 links blocked") }),
    at(330, "fail"),
    fault(400, "ok", "restart", { ...kill, effect: effect("n1 is back") }),
    at(440, "ok"),
    fault(500, "fail", "heal", partition, { error: { code: "client-threw", message: "engine gone" } }),
    at(550, "ok"),
    fault(600, "ok", "final-heal", { effects: {} }),
    at(660, "ok"),
  ];
  for (const event of events) reporter.onEvent?.(event);
  reporter.onPhase?.("recovery", 700 * NS_PER_MS);
  reporter.onPhase?.("stop", 800 * NS_PER_MS);
  reporter.onPhase?.("check", 900 * NS_PER_MS);
  reporter.onEvent?.(at(2_000, "ok"));
  return text;
}

describe("progress", () => {
  test("elsewhere than on a terminal is one line a phase", () => {
    expect(written(false)).toMatchInlineSnapshot(`
      "            <dim>seed 42</>
         0.000 s  starting the cluster
         0.005 s  clients under load
         0.700 s  load over, final reads  (7 operations: 5 ok, 1 fail, 1 info)
         0.800 s  stopping the cluster  (7 operations: 5 ok, 1 fail, 1 info)
         0.900 s  checking the history
      "
    `);
  });

  test("on a terminal redraws one line as the run goes, with the faults in force, and tells every fault", () => {
    const redrawn = written(true).replaceAll("\r\x1b[2K", "\n⟲ ").replaceAll("\n\n", "\n");
    expect(redrawn).toMatchInlineSnapshot(`
      "
      ⟲             <dim>seed 42</>
      ⟲    0.000 s  starting the cluster
      ⟲    0.005 s  clients under load
      ⟲   0.110 s  ok 2  fail 0  info 0
      ⟲ <yellow>   0.160 s  kill  n1: exit code 137</>
      ⟲   0.220 s  ok 2  fail 0  info 1  [kill]
      ⟲ <yellow>   0.240 s  partition  2 links blocked</>
      ⟲   0.330 s  ok 2  fail 1  info 1  [kill, partition]
      ⟲ <yellow>   0.400 s  restart  n1 is back</>
      ⟲   0.440 s  ok 3  fail 1  info 1  [partition]
      ⟲ <yellow>   0.500 s  heal FAILED  engine gone</>
      ⟲   0.550 s  ok 4  fail 1  info 1  [partition]
      ⟲ <yellow>   0.600 s  final-heal  </>
      ⟲   0.660 s  ok 5  fail 1  info 1
      ⟲    0.700 s  load over, final reads  (7 operations: 5 ok, 1 fail, 1 info)
      ⟲    0.800 s  stopping the cluster  (7 operations: 5 ok, 1 fail, 1 info)
      ⟲    0.900 s  checking the history
      "
    `);
  });

  test("counts what is over in a moment among the faults in force at no time", () => {
    let text = "";
    const write = (more: string) => {
      text += more;
    };
    const reporter = progressReporter({ live: true, write, style: (_, styled) => styled });
    const transfer = { fault: 0, kind: "leadership", plan: null, momentary: true };
    reporter.onEvent?.(fault(150, "ok", "leadership", { ...transfer, effect: effect("n1 led, now n2") }));
    reporter.onEvent?.(at(300, "ok"));
    expect(text).toContain("0.150 s  leadership  n1 led, now n2");
    expect(text).not.toContain("[leadership]");
  });

  test("is redrawn at most ten times a second of the run", () => {
    let drawn = 0;
    const reporter = progressReporter({ live: true, write: () => drawn++, style: (_, text) => text });
    for (let ms = 0; ms <= 1_000; ms++) reporter.onEvent?.(at(ms, "ok"));
    expect(drawn).toBe(10);
  });
});
