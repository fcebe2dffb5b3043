import { ClientError } from "../../../harness/ports/outcome.ts";
import type { ClientSide, Command } from "../client-side.ts";
import type { Reply } from "../frame.ts";
import { type Configuration, layoutOf, owners, partition } from "./sharded-layout.ts";

/** Asks a node for the configuration that it knows. */
export const RING: Command = { f: "ring", key: "", value: null };

/** What may be better elsewhere, or a little later. */
const TRIED_AGAIN: ReadonlySet<string> = new Set(["wrong-shard", "no-leader"]);

/** How many nodes a client asks for one operation, one after the other. */
const MOST_ATTEMPTS = 4;

/**
 * A client that knows the ring: it asks the group that owns the key, learns the ring anew where that is wrong, and asks
 * somebody else where nobody answers. All questions of an operation have one number, so that it takes effect once,
 * whichever group comes to execute it. With `route=node` it leaves all this to its node.
 */
export const shardedClient: ClientSide = (config) => {
  const { home, nodes, roams, random, carried, timeoutNs, options } = config;
  const layout = layoutOf(nodes, options);
  let known: { readonly of: Configuration; readonly owners: readonly number[] } | undefined;

  function groupOf({ key }: Command): readonly string[] {
    const of = (carried.context ?? layout.first) as Configuration;
    if (known?.of !== of) known = { of, owners: owners(layout, of) };
    return layout.groups[known.owners[partition(layout, key)] as number] as readonly string[];
  }

  return async (command, ask) => {
    if (options["route"] === "node") {
      const node = roams ? random.pick(nodes) : home;
      return { reply: await ask(node, command), node };
    }
    const withinPatience = (asked: Promise<Reply>) =>
      Promise.race([asked, config.sleep(2 * timeoutNs).then(() => undefined)]);

    async function learnRing(from: string): Promise<void> {
      const reply = await withinPatience(ask(from, RING, "fresh"));
      if (reply?.type !== "ok") return;
      const ring = reply.value as Configuration;
      if (ring.number > ((carried.context ?? layout.first) as Configuration).number) carried.context = ring;
    }

    let node = home;
    // An earlier question may have had its effect, though nobody said so, or may have it yet.
    let inDoubt = false;
    for (let attempt = 1; ; attempt++) {
      const group = groupOf(command);
      node = attempt === 1 && group.includes(home) && !roams ? home : random.pick(group);
      try {
        const reply = await withinPatience(ask(node, command));
        const last = attempt === MOST_ATTEMPTS;
        if (reply === undefined) inDoubt = true;
        else if (reply.type !== "error") return { reply, node };
        else if (last || !TRIED_AGAIN.has(reply.code))
          return { reply: { ...reply, definite: reply.definite && !inDoubt }, node };
        else if (reply.code === "wrong-shard") await learnRing(node);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        inDoubt ||= !error.definite;
        const { code, message } = error;
        if (attempt === MOST_ATTEMPTS || code === "aborted" || code === "closed")
          throw new ClientError({ code, message, definite: !inDoubt, node, cause: error });
      }
      if (attempt === MOST_ATTEMPTS) break;
      await config.sleep(timeoutNs / 2);
    }
    const message = `nobody answered within ${MOST_ATTEMPTS} attempts`;
    return { reply: { type: "error", code: "unreachable", message, definite: false }, node };
  };
};
