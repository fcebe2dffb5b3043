import { Wakeup } from "../../../harness/clock/clock.ts";
import { NS_PER_MS, NS_PER_S } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import { VirtualClock } from "../../../harness/clock/virtual-clock.ts";
import type { CompletionType, Json } from "../../../harness/history/operation.ts";
import type { Client, Invocation } from "../../../harness/ports/client.ts";
import type { Capabilities, ClockSkew, Effect, Unavailable } from "../../../harness/ports/cluster.ts";
import { type OptionValues, resolveOptions } from "../../../harness/ports/options.ts";
import { type Completion, completionOfError } from "../../../harness/ports/outcome.ts";
import { SimulatedCluster } from "../../simulation/cluster.ts";
import { openStoreClient } from "../client.ts";
import type { ClientConfig } from "../client-side.ts";
import type { Operator, Protocol } from "../frame.ts";
import { type StepObserver, simulatedProgram } from "../simulated-program.ts";

export interface ChaosSetup<State> {
  readonly protocol: Protocol<State, Json>;
  readonly seed: number;
  /** The protocol's own; where one is not given, its default. */
  readonly options?: OptionValues;
  readonly nodes?: number;
  readonly clients?: number;
  readonly keys?: number;
  /** How long clients work and faults strike. */
  readonly loadMs?: number;
  /** Mean time that a client rests between operations. */
  readonly restMs?: number;
  readonly faults?: boolean;
  readonly loss?: number;
  /** Whether clocks jump and drift too. */
  readonly clocks?: boolean;
  /** Whether clients ask any node for each operation. */
  readonly roams?: boolean;
  readonly handOver?: (message: Json) => Json;
  readonly observe?: StepObserver<State, Json>;
}

/** An operation as a client saw it. `invoked` and `completed` are ranks in real-time order; `completed` is infinite for info. */
export interface ObservedOperation {
  readonly process: number;
  readonly node: string;
  /** The session and its sequence number; absent where no session was open. */
  readonly client: string | undefined;
  readonly sequence: number;
  readonly f: string;
  readonly key: string;
  readonly input: Json;
  readonly output: Json;
  readonly type: CompletionType;
  readonly errorCode: string | undefined;
  readonly invoked: number;
  readonly completed: number;
}

export interface ChaosRun {
  readonly operations: readonly ObservedOperation[];
  /** How many faults had an effect. */
  readonly effectiveFaults: number;
  /** From the end of all faults until every node had served a write and a read; infinite where one never did. */
  readonly recoveryNs: number;
  readonly messages: number;
}

const TIMEOUT_NS = NS_PER_S;
const STORE_TIMEOUT_NS = 150 * NS_PER_MS;
const MAX_RECOVERY_NS = 20 * NS_PER_S;

/**
 * Runs a protocol on a bad network with clients and faults by chance, heals everything, and sees whether the store
 * comes back. A function of the setup: the same seed gives the same run.
 */
export async function chaosRun<State>(setup: ChaosSetup<State>): Promise<ChaosRun> {
  const clock = new VirtualClock();
  const random = new Random(setup.seed);
  const loadNs = (setup.loadMs ?? 8_000) * NS_PER_MS;
  const nodes = Array.from({ length: setup.nodes ?? 5 }, (_, i) => `n${i + 1}`);
  const { protocol } = setup;
  const options = resolveOptions(protocol.name, protocol.options ?? {}, setup.options ?? {});
  const lot = random.stream("lot").float();
  const configured = { timeoutNs: STORE_TIMEOUT_NS, bugs: new Set<string>(), options, lot };
  const program = simulatedProgram(protocol, configured, setup.observe);
  const cluster = new SimulatedCluster({
    nodes,
    clock,
    random: random.stream("cluster"),
    program,
    network: { meanLatencyNs: 5 * NS_PER_MS, loss: setup.loss ?? 0.05, duplication: 0.05 },
    disk: { meanSyncNs: 2 * NS_PER_MS },
    meanClientLatencyNs: NS_PER_MS,
    ...(setup.handOver === undefined ? {} : { handOver: setup.handOver }),
  });
  const mix = ["read", "read", "write", "cas", "txn"].filter((f) => protocol.operations.includes(f));
  const operations: ObservedOperation[] = [];
  let rank = 0;
  let processes = 0;
  let values = 0;

  async function timed(client: Client, invocation: Invocation): Promise<Completion> {
    const abort = new AbortController();
    const timeout = clock.schedule(TIMEOUT_NS, () => abort.abort());
    try {
      return await client.invoke(invocation, abort.signal);
    } catch (error) {
      return completionOfError(error, { value: invocation.value, hasEffect: invocation.f !== "read" });
    } finally {
      timeout.cancel();
    }
  }

  async function open(
    home: string,
    carried: ClientConfig["carried"] = {},
  ): Promise<{ client: string; asked: Client }> {
    const client = cluster.newClient();
    const asked = await openStoreClient({
      protocol,
      config: {
        ...configured,
        client,
        home,
        nodes,
        roams: setup.roams ?? false,
        random: random.stream(client),
        carried,
        sleep: (durationNs) => clock.sleep(durationNs),
      },
      connect: async (node) => {
        const connection = await cluster.connect(node, client);
        return {
          call: (command, number, signal) => connection.call(command, signal, number),
          close: () => connection.close(),
        };
      },
    });
    return { client, asked };
  }

  async function clientLoop(thread: number): Promise<void> {
    const chance = random.stream("client").fork(thread);
    const node = nodes[thread % nodes.length] as string;
    let process = processes++;
    let session: { readonly client: string; readonly asked: Client } | undefined;
    let sequence = 0;
    let seen: Json = null;
    const carried = {};
    while (clock.nowNs() < loadNs) {
      await clock.sleep(chance.exponential((setup.restMs ?? 120) * NS_PER_MS));
      const f = chance.pick(mix);
      const key = `k${chance.int(setup.keys ?? 3)}`;
      const next = ++values;
      const input = inputOf(f, seen, next, chance, setup.keys ?? 3);
      const invoked = rank++;
      let completion: Completion;
      try {
        session ??= await open(node, carried);
        sequence++;
        completion = await timed(session.asked, { f, key, value: input });
      } catch (error) {
        completion = completionOfError(error, { value: input, hasEffect: f !== "read" });
      }
      operations.push({
        process,
        node,
        client: session?.client,
        sequence,
        f,
        key,
        input,
        output: completion.value,
        type: completion.type,
        errorCode: completion.error?.code,
        invoked,
        completed: completion.type === "info" ? Number.POSITIVE_INFINITY : rank++,
      });
      if (f === "read" && completion.type === "ok") seen = completion.value;
      if (completion.type === "info") process = processes++;
      if (completion.type !== "ok" && completion.error?.code !== "precondition-failed") {
        await session?.asked.close();
        session = undefined;
        sequence = 0;
      }
    }
  }

  let effectiveFaults = 0;
  const { kill, pause, partition, clock: clocks } = available(cluster.capabilities);
  const everyoneIn: Operator = { type: "change-membership", members: nodes };
  const operable = (type: Operator["type"]) => protocol.operable?.includes(type) === true;
  function commands(chance: Random): Operator[] {
    const members = (): Operator => ({
      type: "change-membership",
      members: chance.shuffle(nodes).slice(1 + chance.int(2)),
    });
    const transfer = (): Operator => ({ type: "transfer-leadership", to: chance.pick(nodes) });
    // Nothing is drawn for what the protocol does not know: its runs stay as they are.
    return [
      ...(operable("change-membership") ? [members()] : []),
      ...(operable("transfer-leadership") ? [transfer()] : []),
    ];
  }
  async function operate(command: Operator): Promise<Effect> {
    cluster.operate({ ...command });
    return { effective: false, detail: "nobody looked" };
  }

  async function nemesisLoop(): Promise<void> {
    const chance = random.stream("nemesis");
    while (setup.faults !== false && clock.nowNs() < loadNs) {
      await clock.sleep(chance.exponential(250 * NS_PER_MS));
      const some = chance.shuffle(nodes).slice(0, 1 + chance.int(nodes.length));
      const [a, b] = [some, nodes.filter((node) => !some.includes(node))];
      const oneWay = a.flatMap((from) => b.map((to) => ({ from, to })));
      const bothWays = [...oneWay, ...oneWay.map(({ from, to }) => ({ from: to, to: from }))];
      const leaders = cluster.leaders();
      const inject = [
        () => kill.kill(leaders.length > 0 ? leaders : some),
        () => kill.kill(some.slice(0, 2)),
        () => pause.pause(leaders.length > 0 ? leaders : some),
        () => pause.pause(some.slice(0, 2)),
        () => partition.block(oneWay),
        () => partition.block(bothWays),
        ...(setup.clocks === true ? [() => clocks.skew(wrongClocks(chance, some))] : []),
        ...commands(chance).map((command) => () => operate(command)),
      ];
      const revert = [
        () => kill.restart(nodes),
        () => pause.resume(nodes),
        () => partition.heal(),
        ...(setup.clocks === true ? [() => clocks.reset()] : []),
        ...(operable("change-membership") ? [() => operate(everyoneIn)] : []),
      ];
      const effect = await chance.pick(chance.chance(0.35) ? inject : revert)();
      if (effect.effective) effectiveFaults++;
    }
  }

  async function recovered(node: string): Promise<number> {
    const startNs = clock.nowNs();
    while (clock.nowNs() - startNs < MAX_RECOVERY_NS) {
      const { asked: client } = await open(node);
      const [asksToWrite, asksToRead] = probes(protocol, ++values);
      const write = await timed(client, asksToWrite);
      const read = await timed(client, asksToRead);
      await client.close();
      if (write.type === "ok" && read.type === "ok") return clock.nowNs() - startNs;
      await clock.sleep(10 * NS_PER_MS);
    }
    return Number.POSITIVE_INFINITY;
  }

  async function scenario(): Promise<number> {
    const loops = Array.from({ length: setup.clients ?? 6 }, (_, thread) => clientLoop(thread));
    await Promise.all([...loops, nemesisLoop()]);
    await partition.heal();
    await kill.restart(nodes);
    await pause.resume(nodes);
    await clocks.reset();
    if (operable("change-membership")) cluster.operate(everyoneIn);
    return Math.max(...(await Promise.all(nodes.map(recovered))));
  }

  const over = new Wakeup();
  const outcome = Promise.allSettled([scenario().finally(() => over.wake())]);
  await clock.wait(over, loadNs + 4 * MAX_RECOVERY_NS);
  const [recovery] = await outcome;
  if (recovery.status === "rejected") throw recovery.reason;
  const recoveryNs = recovery.value;
  cluster.stop();
  return { operations, effectiveFaults, recoveryNs, messages: cluster.network.counts.sent };
}

/** What the clients give with an operation: values that nobody else writes, and for `cas` what they saw last. */
function inputOf(f: string, seen: Json, next: number, chance: Random, keys: number): Json {
  if (f === "read") return null;
  if (f === "write") return next;
  if (f === "cas") return [seen, next];
  return Array.from({ length: chance.between(1, 3) }, (_, at): Json => {
    const key = `k${chance.int(keys)}`;
    return chance.chance(0.5) ? ["append", key, 10 * next + at] : ["r", key, null];
  });
}

/** A write and a read of a key that nothing else uses. */
function probes({ operations }: Pick<Protocol<unknown, Json>, "operations">, value: number) {
  const key = "recovery";
  return operations.includes("txn")
    ? ([
        { f: "txn", key, value: [["append", key, value]] },
        { f: "txn", key, value: [["r", key, null]] },
      ] as const)
    : ([
        { f: "write", key, value },
        { f: "read", key, value: null },
      ] as const);
}

/** Off by up to two seconds, and up to twice as fast or slow. */
function wrongClocks(chance: Random, nodes: readonly string[]): Record<string, ClockSkew> {
  const wrong = () => ({ offsetNs: chance.between(-2, 2) * NS_PER_S, rate: 2 ** (2 * chance.float() - 1) });
  return Object.fromEntries(nodes.map((node) => [node, wrong()]));
}

type Used = Pick<Capabilities, "kill" | "pause" | "partition" | "clock">;
type Available = { [Name in keyof Used]: Exclude<Used[Name], Unavailable> };

function available({ kill, pause, partition, clock }: Capabilities): Available {
  if (
    "unavailable" in kill ||
    "unavailable" in pause ||
    "unavailable" in partition ||
    "unavailable" in clock
  ) {
    throw new Error("a simulated cluster has every capability");
  }
  return { kill, pause, partition, clock };
}
