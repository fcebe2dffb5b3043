import type { Clock } from "../../harness/clock/clock.ts";
import type { Random } from "../../harness/clock/random.ts";
import type { Cluster } from "../../harness/ports/cluster.ts";
import { openStoreClient, type Session } from "./client.ts";
import type { ClientConfig } from "./client-side.ts";
import type { StoreOptions } from "./store-options.ts";

interface ClientsSetup {
  readonly store: Pick<StoreOptions, "protocol" | "roams" | "timeoutNs" | "bugs" | "own">;
  readonly nodes: readonly string[];
  readonly clock: Clock;
  /** Each client has a stream of it, by its name. */
  readonly random: Random;
  /** The name of a new client, no other one's. */
  readonly newClient: (thread?: number) => string;
  /** Connects a client to a node. Errors: `ClientError`. */
  readonly connect: (node: string, client: string) => Promise<Session>;
}

/**
 * How clients of a cluster are opened, wherever its nodes run. What a thread of the load carries from one operation to the next
 * it keeps, though its connections are lost and its clients replaced.
 */
export function openClients(setup: ClientsSetup): Cluster["openClient"] {
  const { store, nodes, clock, random, newClient, connect } = setup;
  const { protocol, roams, timeoutNs, bugs, own } = store;
  const carriedBy = new Map<number, ClientConfig["carried"]>();

  return (home, thread) => {
    const client = newClient(thread);
    const carried = (thread === undefined ? undefined : carriedBy.get(thread)) ?? {};
    if (thread !== undefined) carriedBy.set(thread, carried);
    return openStoreClient({
      protocol,
      config: {
        client,
        home,
        nodes,
        roams,
        timeoutNs,
        bugs,
        options: own,
        random: random.stream(`client ${client}`),
        carried,
        sleep: clock.sleep.bind(clock),
      },
      connect: (node) => connect(node, client),
    });
  };
}
