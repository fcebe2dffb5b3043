import { NS_PER_S, parseDuration } from "../../harness/clock/duration.ts";
import { invariant } from "../../harness/errors.ts";
import type { OptionSpec, OptionTable, OptionValues } from "../../harness/ports/options.ts";
import type { NetworkOptions } from "./network.ts";

/** What every cluster of processes lets its user choose. */
export const processOptions = {
  latency: duration(
    "mean latency of a message between nodes, and to and from services, one way (exponential)",
    "5ms",
  ),
  "client-latency": duration("mean latency between a client and its node, one way (exponential)", "0ms"),
  loss: probability("probability that a message between nodes, or to or from a service, is lost"),
  duplication: probability("probability that such a message arrives twice"),
  "init-timeout": duration("how long a node may take to answer init", "10s"),
  "max-messages": {
    description: "messages that a node may send in a second; more is taken for a loop, and ends it",
    default: "50000",
    problem: (value) => (/^[1-9]\d{0,8}$/.test(value) ? undefined : "must be a whole number of at least 1"),
  },
} satisfies OptionTable;

/** The network that the options ask for. */
export function networkOf(options: OptionValues): NetworkOptions {
  return {
    meanLatencyNs: durationNs(options, "latency"),
    meanClientLatencyNs: durationNs(options, "client-latency"),
    loss: Number(options["loss"]),
    duplication: Number(options["duplication"]),
  };
}

/** An option that was checked, in nanoseconds. */
export function durationNs(options: OptionValues, name: string): number {
  const timeNs = parseDuration(options[name] ?? "");
  invariant(timeNs !== undefined, `the time ${name}=${options[name]} was not checked`);
  return timeNs;
}

function duration(description: string, byDefault: string): OptionSpec {
  return {
    description,
    default: byDefault,
    problem: (value) => {
      const timeNs = parseDuration(value);
      return timeNs !== undefined && timeNs <= 60 * NS_PER_S
        ? undefined
        : "must be a time of 0ms … 60s, such as 5ms";
    },
  };
}

function probability(description: string): OptionSpec {
  return {
    description,
    default: "0",
    problem: (value) =>
      /^(0|1|0?\.\d+|1\.0+)$/.test(value) ? undefined : "must be a probability from 0 to 1",
  };
}
