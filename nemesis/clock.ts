import { NS_PER_MS } from "../harness/clock/duration.ts";
import type { Random } from "../harness/clock/random.ts";
import type { ClockSkew, Fault, FaultVariant } from "../harness/ports/index.ts";
import { struckNodes } from "./node-groups.ts";
import { offered } from "./offered.ts";

/** Jumps of 4 ms to 4 s, as likely to be from 4 to 8 ms as from 2 to 4 s (jepsen.nemesis.time has such bumps). */
const LEAST_JUMP_MS = 4;
const JUMP_DOUBLINGS = 10;

/**
 * Puts nodes' clocks wrong, as a clock that somebody sets, a virtual machine that was moved or a bad oscillator. What is
 * struck gets true time again from the undo.
 */
export const clock: Fault = {
  name: "clock",
  undo: "reset-clock",
  description: "puts nodes' clocks wrong: off by up to seconds, or up to twice as fast or slow",
  capability: "clock",
  variants: {
    jump: onSome("some nodes' clocks are suddenly ahead or behind, by 4 ms to 4 s", jump),
    drift: onSome("some nodes' clocks run fast or slow, up to twice", drift),
    one: {
      description: "one node's clock is off, and runs fast or slow",
      minNodes: 1,
      plan: (nodes, random) => ({ skews: { [random.pick(nodes)]: { ...jump(random), ...drift(random) } } }),
    },
    primary: {
      description: "the clock of whoever leads when the fault strikes is off, and runs fast or slow",
      minNodes: 1,
      // Not every target tells its primaries.
      onRequest: true,
      plan: (_, random) => ({ variant: "primary", skew: { ...jump(random), ...drift(random) } }),
    },
  },
  async inject(cluster, plan) {
    const { skews, skew } = plan as { skews?: Record<string, Partial<ClockSkew>>; skew?: Partial<ClockSkew> };
    const struck =
      skews ?? Object.fromEntries((await struckNodes(cluster, plan)).map((node) => [node, skew]));
    const whole = Object.entries(struck).map(([node, part]): [string, ClockSkew] => [
      node,
      { offsetNs: 0, rate: 1, ...part },
    ]);
    return offered(cluster.capabilities.clock).skew(Object.fromEntries(whole));
  },
  revert: (cluster) => offered(cluster.capabilities.clock).reset(),
};

/** Each of the struck nodes is off in a way of its own. */
function onSome(description: string, wrong: (random: Random) => Partial<ClockSkew>): FaultVariant {
  return {
    description,
    minNodes: 1,
    plan(nodes, random) {
      const struck = random.shuffle(nodes).slice(0, random.between(1, nodes.length)).sort();
      return { skews: Object.fromEntries(struck.map((node) => [node, { ...wrong(random) }])) };
    },
  };
}

function jump(random: Random): Pick<ClockSkew, "offsetNs"> {
  const sizeNs = Math.round(LEAST_JUMP_MS * 2 ** (random.float() * JUMP_DOUBLINGS)) * NS_PER_MS;
  return { offsetNs: random.chance(0.5) ? sizeNs : -sizeNs };
}

/** As often fast as slow. Three places are as fine as anybody needs. */
function drift(random: Random): Pick<ClockSkew, "rate"> {
  return { rate: Math.round(2 ** (2 * random.float() - 1) * 1000) / 1000 };
}
