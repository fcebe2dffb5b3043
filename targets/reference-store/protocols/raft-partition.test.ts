import { expect, it } from "vitest";
import { Wakeup } from "../../../harness/clock/clock.ts";
import { NS_PER_MS, NS_PER_S } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import { VirtualClock } from "../../../harness/clock/virtual-clock.ts";
import { referenceStore } from "../target.ts";
import { seeds } from "../testing/seeds.ts";

/*
 *  old leader   |--- r ---|--- r ---|--- r ---|   reads, cut off
 *  the others        |--- w 1 ---|               under a new leader
 *
 *  Whatever a read that began after the write was acknowledged returns, it is not the value before.
 */
it.each(seeds(15))(
  "seed %i: a leader that is cut off answers no read with what was overwritten since",
  async (seed) => {
    const clock = new VirtualClock();
    const nodes = ["n1", "n2", "n3", "n4", "n5"];
    const cluster = await referenceStore.start({
      runId: "test",
      nodes,
      options: { protocol: "raft", loss: "0" },
      clock,
      random: new Random(seed),
      log: () => {},
      signal: new AbortController().signal,
    });
    await clock.wait(new Wakeup(), 2 * NS_PER_S);
    const [old] = ((await cluster.primaries?.()) ?? []) as [string];
    const others = nodes.filter((node) => node !== old);
    const { partition } = cluster.capabilities;
    if ("unavailable" in partition) throw new Error(partition.unavailable);
    await partition.block(
      others.flatMap((node) => [
        { from: old, to: node },
        { from: node, to: old },
      ]),
    );
    const startNs = clock.nowNs();

    let acknowledgedNs = Number.POSITIVE_INFINITY;
    const reads: { invokedNs: number; value: unknown }[] = [];
    async function write(): Promise<void> {
      while (acknowledgedNs === Number.POSITIVE_INFINITY) {
        const abort = new AbortController();
        const timeout = clock.schedule(50 * NS_PER_MS, () => abort.abort());
        const client = await cluster.openClient(others[0] as string);
        const completion = await client
          .invoke({ f: "write", key: "x", value: 1 }, abort.signal)
          .catch(() => undefined);
        timeout.cancel();
        if (completion?.type === "ok") acknowledgedNs = clock.nowNs();
      }
    }
    async function readAlways(): Promise<void> {
      while (clock.nowNs() < startNs + 2 * NS_PER_S) {
        const client = await cluster.openClient(old);
        const invokedNs = clock.nowNs();
        const answer = client.invoke({ f: "read", key: "x", value: null }, new AbortController().signal);
        answer.then(
          ({ value }) => reads.push({ invokedNs, value }),
          () => reads.push({ invokedNs, value: "refused" }),
        );
        await clock.sleep(5 * NS_PER_MS);
      }
    }
    const over = new Wakeup();
    const done = Promise.all([write(), readAlways()]).finally(() => over.wake());
    await clock.wait(over, startNs + 10 * NS_PER_S);
    await done;
    await partition.heal();
    await clock.wait(new Wakeup(), clock.nowNs() + 5 * NS_PER_S);

    const late = reads.filter(({ invokedNs }) => invokedNs > acknowledgedNs);
    expect(late.length).toBeGreaterThan(0);
    expect(late.filter(({ value }) => value === null)).toEqual([]);
    await cluster[Symbol.asyncDispose]();
  },
);
