import { planRun } from "../cli/plan-run.ts";
import { defaultRunOptions } from "../cli/run-options.ts";
import { monotonicMs, NS_PER_MS, NS_PER_S, Random, VirtualClock, Wakeup } from "../harness/clock/index.ts";
import { MemoryRecorder } from "../harness/history/recorder.ts";
import type { RunObserver } from "../harness/ports/index.ts";
import { run } from "../harness/run/run.ts";
import { StopRequest } from "../harness/run/stop-request.ts";
import { injector } from "../nemesis/index.ts";
import { SimulatedNetwork } from "../targets/simulation/network.ts";
import type { Benchmark, Row, Size } from "./benchmark.ts";

/** Raft, five nodes and ten clients, as `assay run` has it; how long a load, in simulated seconds. */
const LOADS: readonly {
  readonly name: string;
  readonly rateHz: number;
  readonly seconds: Record<Size, number>;
}[] = [
  { name: "raft, idle", rateHz: 1, seconds: { small: 1, full: 600 } },
  { name: "raft, 200 operations/s", rateHz: 200, seconds: { small: 1, full: 300 } },
  { name: "raft, as many operations as answered", rateHz: 0, seconds: { small: 0.2, full: 20 } },
];

/** The fastest of so many is told: the others were disturbed more. */
const REPEATS: Record<Size, number> = { small: 1, full: 3 };

const BARE_MESSAGES: Record<Size, number> = { small: 2_000, full: 2_000_000 };

/**
 * What a simulated run costs on one core, with everything that `assay run` does but judging: the interpreter, clients,
 * nodes, disks, network, and the history in memory; and what the bare network costs, whose nodes only pass messages on.
 */
export const simulation: Benchmark = {
  name: "simulation",
  description: "simulated time and messages delivered, each per second of real time",
  async run(size) {
    const rows: Row[] = [];
    for (const { name, rateHz, seconds } of LOADS) {
      // Watching takes time, and changes nothing: the same run is measured that nobody watches.
      let messages = 0;
      const trace: RunObserver["trace"] = ({ type }) => {
        if (type === "deliver") messages++;
      };
      await simulate(rateHz, seconds[size], { trace });
      const run = async () => ({ messages, simulatedNs: await simulate(rateHz, seconds[size]) });
      rows.push(await fastest(name, REPEATS[size], run));
    }
    rows.push(await fastest("the bare network", REPEATS[size], () => bareNetwork(BARE_MESSAGES[size])));
    return rows;
  },
};

interface Outcome {
  readonly simulatedNs: number;
  readonly messages: number;
}

async function fastest(what: string, repeats: number, run: () => Promise<Outcome>): Promise<Row> {
  let leastMs = Number.POSITIVE_INFINITY;
  let outcome: Outcome | undefined;
  for (let i = 0; i < repeats; i++) {
    const startMs = monotonicMs();
    outcome = await run();
    leastMs = Math.min(leastMs, monotonicMs() - startMs);
  }
  const { simulatedNs, messages } = outcome as Outcome;
  const seconds = leastMs / 1000;
  return {
    what,
    "simulated s": (simulatedNs / NS_PER_S).toFixed(1),
    seconds: seconds.toFixed(2),
    "simulated s/s": Math.round(simulatedNs / NS_PER_S / seconds),
    messages,
    "messages/s": Math.round(messages / seconds),
  };
}

async function simulate(rateHz: number, seconds: number, observer?: RunObserver): Promise<number> {
  const seed = 1;
  const options = defaultRunOptions({
    nemesis: "none",
    seed,
    nodes: 5,
    concurrency: { count: 10, perNode: false },
    rate: rateHz,
    time: seconds * NS_PER_S,
  });
  const plan = planRun("reference-store", options, seed);
  const { endNs } = await run({
    ...plan,
    runId: "bench",
    injector: (cluster) => injector(cluster, plan.faults),
    random: new Random(seed).stream("run"),
    recorder: new MemoryRecorder(),
    reporter: {},
    stop: new StopRequest(),
    ...(observer === undefined ? {} : { observer }),
  });
  return endNs;
}

/** A hundred messages that five nodes pass on to one another, each to the next by turns. */
async function bareNetwork(messages: number): Promise<Outcome> {
  const nodes = ["n1", "n2", "n3", "n4", "n5"];
  const clock = new VirtualClock();
  const network = new SimulatedNetwork({
    nodes,
    clock,
    random: new Random(1),
    options: { meanLatencyNs: 5 * NS_PER_MS, loss: 0.01, duplication: 0.01 },
    receiver: (node) => (from, message, number) => {
      if (number >= messages) return;
      const next = nodes[number % nodes.length] as string;
      network.send(node, next === node ? from : next, message);
    },
  });
  while (network.counts.sent < messages) {
    for (let i = 0; i < 100; i++) network.send("n1", "n2", i);
    await clock.wait(new Wakeup(), clock.nowNs() + 10 * NS_PER_S);
  }
  return { simulatedNs: clock.nowNs(), messages: network.counts.delivered };
}
