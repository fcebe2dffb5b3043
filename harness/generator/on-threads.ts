import { any } from "./any.ts";
import { narrow } from "./context.ts";
import type { Generator } from "./generator.ts";
import { oncePerThreads } from "./once-per-threads.ts";
import { type Thread, ThreadSet } from "./thread-set.ts";

/**
 * Restricts a generator to some of the threads in view: those in a set, or those that satisfy a pure predicate
 * (called once for each thread in view). It sees no other thread and hears of no event of another. Done where no such
 * thread is in view.
 */
export function onThreads(
  selection: ThreadSet | ((thread: Thread) => boolean),
  generator: Generator,
): Generator {
  const select = oncePerThreads((threads) =>
    selection instanceof ThreadSet
      ? threads.intersect(selection)
      : ThreadSet.of([...threads].filter(selection)),
  );
  return restricted(select, generator);
}

/** The clients alone. */
export function clients(generator: Generator): Generator {
  return restricted(selectClients, generator);
}

/** The nemesis alone. */
export function nemesis(generator: Generator): Generator {
  return restricted(selectNemesis, generator);
}

/** One generator for the clients and one for the nemesis, side by side; done when both are. */
export function clientsAndNemesis(clientGenerator: Generator, nemesisGenerator: Generator): Generator {
  return any(clients(clientGenerator), nemesis(nemesisGenerator));
}

const onlyNemesis = ThreadSet.of(["nemesis"]);
const selectClients = oncePerThreads((threads) => threads.without("nemesis"));
const selectNemesis = oncePerThreads((threads) => threads.intersect(onlyNemesis));

function restricted(select: (threads: ThreadSet) => ThreadSet, generator: Generator): Generator {
  return {
    op(context) {
      const threads = select(context.threads);
      if (threads.size === 0) return "done";
      const offer = generator.op(narrow(context, threads));
      if (typeof offer === "string") return offer;
      return { operation: offer.operation, next: restricted(select, offer.next) };
    },
    update(context, event) {
      const threads = select(context.threads);
      if (!threads.has(event.thread)) return this;
      const next = generator.update(narrow(context, threads), event);
      return next === generator ? this : restricted(select, next);
    },
  };
}
