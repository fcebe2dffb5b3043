import type { OptionTable } from "../../harness/ports/index.ts";

const HIGHEST_PORT = 65_535;

export const etcdOptions = {
  reads: {
    description: "how a read is answered: with the agreement of a majority, or by its node alone",
    default: "linearizable",
    values: ["linearizable", "serializable"],
  },
  ports: {
    description: "the first of a row of ports of 127.0.0.1 to publish the nodes on; free: whichever are free",
    default: "free",
    problem: (value) => (value === "free" ? undefined : problemOfNumber(value, 1_024, HIGHEST_PORT)),
  },
  "heartbeat-interval-ms": {
    description: "the leader's heartbeat (etcd --heartbeat-interval)",
    default: "100",
    problem: (value) => problemOfNumber(value, 1, 60_000),
  },
  "election-timeout-ms": {
    description: "without a heartbeat that long, a follower stands for election (etcd --election-timeout)",
    default: "1000",
    problem: (value) => problemOfNumber(value, 10, 50_000),
  },
} satisfies OptionTable;

function problemOfNumber(value: string, lowest: number, highest: number): string | undefined {
  const number = Number(value);
  return /^\d+$/.test(value) && number >= lowest && number <= highest
    ? undefined
    : `must be a whole number from ${lowest} to ${highest}`;
}
