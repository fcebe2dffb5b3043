import { NS_PER_MS, NS_PER_S, parseDuration } from "../../harness/clock/duration.ts";
import { invariant, UsageError } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import { type OptionTable, type OptionValues, resolveOptions } from "../../harness/ports/options.ts";
import type { Protocol } from "./frame.ts";
import { protocols } from "./protocols/index.ts";

/** The name under which the target refuses options. */
const STORE = "reference-store";
const NO_BUG = "none";
/** An option of some protocol that was not given: the protocol's own default stands. */
const PROTOCOLS_DEFAULT = "";

/** The options that the store has with every protocol. */
const generalOptions: OptionTable = {
  protocol: {
    description: protocols
      .map(({ name, promises }) => `${name} (promises ${promises[0]?.consistency})`)
      .join(", "),
    default: "raft",
    values: protocols.map((protocol) => protocol.name),
  },
  bug: {
    description: "a mistake of the protocol to switch on, see assay list bugs",
    default: NO_BUG,
    values: [NO_BUG, ...new Set(protocols.flatMap((protocol) => Object.keys(protocol.bugs)))],
  },
  sessions: {
    description: "whether a client stays with one node, or asks any node for each operation",
    default: "sticky",
    values: ["sticky", "roaming"],
  },
  latency: duration("mean latency of a message between nodes, one way (exponential)", "5ms"),
  "client-latency": duration("mean latency between a client and its node, one way (exponential)", "1ms"),
  loss: probability("probability that a message between nodes is lost", "0.01"),
  duplication: probability("probability that a message between nodes arrives twice", "0.01"),
  sync: duration("mean time that a node's disk takes for a sync (exponential)", "1ms"),
  timeout: {
    ...duration("silence after which a node acts: stands for election, sends again", "150ms"),
    problem: (value) => durationProblem(value, NS_PER_MS),
  },
};

/** Every option of the store: the general ones, and those of each protocol. */
export const options: OptionTable = { ...generalOptions, ...protocolOptions() };

/** What a run of the store is to be, with every default filled in. */
export interface StoreOptions {
  readonly protocol: Protocol<unknown, Json>;
  readonly bugs: ReadonlySet<string>;
  /** The protocol's own. */
  readonly own: OptionValues;
  readonly roams: boolean;
  readonly meanLatencyNs: number;
  readonly meanClientLatencyNs: number;
  readonly loss: number;
  readonly duplication: number;
  readonly meanSyncNs: number;
  readonly timeoutNs: number;
}

/** Errors: {@link UsageError} `unknown-option`, `bad-option`, also for what belongs to another protocol. */
export function storeOptions(given: OptionValues): StoreOptions {
  const values = resolveOptions(STORE, options, given);
  const option = (name: string) => values[name] as string;
  const protocol = chosenProtocol(values);
  const bug = option("bug");
  if (bug !== NO_BUG && !Object.hasOwn(protocol.bugs, bug)) {
    throw new UsageError({
      code: "bad-option",
      message: `protocol ${protocol.name} of ${STORE} has no bug ${JSON.stringify(bug)}`,
      hint: `it has: ${[NO_BUG, ...Object.keys(protocol.bugs)].join(", ")}`,
    });
  }
  return {
    protocol,
    bugs: new Set(bug === NO_BUG ? [] : [bug]),
    own: ownOptions(protocol, values),
    roams: option("sessions") === "roaming",
    meanLatencyNs: durationNs(option("latency")),
    meanClientLatencyNs: durationNs(option("client-latency")),
    loss: Number(option("loss")),
    duplication: Number(option("duplication")),
    meanSyncNs: durationNs(option("sync")),
    timeoutNs: durationNs(option("timeout")),
  };
}

/** The protocol that these options, of which some may be missing, ask for. Errors: {@link UsageError} `bad-option`. */
export function chosenProtocol(given: OptionValues): Protocol<unknown, Json> {
  const asked = given["protocol"] === undefined ? {} : { protocol: given["protocol"] };
  const table = { protocol: generalOptions["protocol"] as OptionTable[string] };
  const { protocol: name } = resolveOptions(STORE, table, asked);
  const protocol = protocols.find((candidate) => candidate.name === name);
  invariant(protocol !== undefined, `no protocol ${name}`);
  return protocol;
}

function ownOptions(protocol: Protocol<unknown, Json>, values: OptionValues): OptionValues {
  const own = protocol.options ?? {};
  const given = Object.entries(values).filter(
    ([name, value]) => !(name in generalOptions) && value !== PROTOCOLS_DEFAULT,
  );
  return resolveOptions(`protocol ${protocol.name} of ${STORE}`, own, Object.fromEntries(given));
}

/** Options that several protocols have under one name are one option to the user. */
function protocolOptions(): OptionTable {
  const table: Record<string, OptionTable[string]> = {};
  for (const protocol of protocols) {
    for (const [name, spec] of Object.entries(protocol.options ?? {})) {
      invariant(
        !(name in generalOptions),
        `${protocol.name} has an option ${name}, which every protocol has`,
      );
      const values = spec.values === undefined ? "" : `; one of ${spec.values.join(", ")}`;
      const own = `${protocol.name}: ${spec.description}${values} (default ${spec.default})`;
      const description = [table[name]?.description, own].filter((text) => text !== undefined).join("; ");
      table[name] = { description, default: PROTOCOLS_DEFAULT };
    }
  }
  return table;
}

function duration(description: string, standard: string): OptionTable[string] {
  return {
    description,
    default: standard,
    problem: (value) => durationProblem(value, 0),
  };
}

/** Beyond an hour nothing happens any more; a node that acts all the time lets no time pass. */
function durationProblem(text: string, leastNs: number): string | undefined {
  const timeNs = parseDuration(text);
  if (timeNs !== undefined && timeNs >= leastNs && timeNs <= 3600 * NS_PER_S) return undefined;
  return `must be a time of ${leastNs / NS_PER_MS}ms … 1h, such as 5ms`;
}

function durationNs(text: string): number {
  const timeNs = parseDuration(text);
  invariant(timeNs !== undefined, `the time ${text} was not checked`);
  return timeNs;
}

function probability(description: string, standard: string): OptionTable[string] {
  return {
    description,
    default: standard,
    problem: (value) =>
      /^(0|1|0?\.\d+|1\.0+)$/.test(value) ? undefined : "must be a probability from 0 to 1",
  };
}
