import { Wakeup } from "../../../harness/clock/clock.ts";
import { NS_PER_MS } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import { VirtualClock } from "../../../harness/clock/virtual-clock.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { SimulatedCluster, type SimulationSetup } from "../cluster.ts";
import type { Connection } from "../connection.ts";
import type { Program } from "../program.ts";

/** Counts its requests on disk, answers with the count, ticks every 10 ms, and tells its peer of each tick. */
function counter(seen: string[]): Program<string, Json> {
  return {
    start(machine) {
      let count = (machine.disk.contents().records.get("count") ?? 0) as number;
      machine.setTimer("tick", 10 * NS_PER_MS);
      return {
        message: (from, message) => seen.push(`${machine.id} hears ${from}: ${String(message)}`),
        timer(name) {
          machine.log(`tick at ${machine.nowNs()}`);
          for (const node of machine.nodes) if (node !== machine.id) machine.send(node, name);
          machine.setTimer("tick", 10 * NS_PER_MS);
        },
        request(client, sequence, request) {
          count++;
          if (request === "silence") return;
          machine.disk.write("count", count);
          machine.sync(() => machine.reply(client, sequence, count));
        },
        operate: () => {},
        leads: () => machine.id === "n1",
        members: () => undefined,
      };
    },
  };
}

/** Two nodes that run it, with a clock that tests let pass; everything about them takes about 1 ms. */
export function startCounter(setup: Partial<SimulationSetup<string, Json>> = {}) {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const cluster = new SimulatedCluster({
    nodes: ["n1", "n2"],
    clock,
    random: new Random(1),
    program: counter(seen),
    network: { meanLatencyNs: NS_PER_MS, loss: 0, duplication: 0 },
    disk: { meanSyncNs: NS_PER_MS },
    meanClientLatencyNs: NS_PER_MS,
    ...setup,
  });
  const pass = (durationMs: number) => clock.wait(new Wakeup(), clock.nowNs() + durationMs * NS_PER_MS);
  /** What a promise came to within 100 ms of simulated time. */
  async function outcome<T>(promise: Promise<T>): Promise<T | { code: string; definite: boolean } | "open"> {
    let result: T | { code: string; definite: boolean } | "open" = "open";
    promise.then(
      (value) => {
        result = value;
      },
      ({ code, definite }: { code: string; definite: boolean }) => {
        result = { code, definite };
      },
    );
    await pass(100);
    return result;
  }
  async function connect(node: string): Promise<Connection<string, Json>> {
    const connection = cluster.connect(node);
    await pass(100);
    return connection;
  }
  const { kill, pause, partition, clock: clocks } = cluster.capabilities;
  if ("unavailable" in kill || "unavailable" in pause) throw new Error("none");
  if ("unavailable" in partition || "unavailable" in clocks) throw new Error("none");
  const call = (
    connection: Connection<string, Json>,
    request = "count",
    signal = new AbortController().signal,
  ) => outcome(connection.call(request, signal));
  return { cluster, clock, seen, pass, outcome, connect, call, kill, pause, partition, clocks };
}
