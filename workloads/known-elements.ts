import { Slots } from "../harness/generator/slots.ts";
import type { Json } from "../harness/history/operation.ts";

/** The elements that each node is known to have had, by what it acknowledged or answered last. Immutable. */
export class KnownElements {
  readonly #byNode: Slots<readonly Json[]>;

  private constructor(byNode: Slots<readonly Json[]>) {
    this.#byNode = byNode;
  }

  static none(): KnownElements {
    return new KnownElements(Slots.empty());
  }

  at(node: number): readonly Json[] {
    return this.#byNode.at(node) ?? [];
  }

  /** The node acknowledged that it took one in. */
  with(node: number, element: Json): KnownElements {
    return this.showing(node, [...this.at(node), element]);
  }

  /** Somebody is taking one away at this node. */
  without(node: number, element: Json): KnownElements {
    return this.showing(
      node,
      this.at(node).filter((each) => each !== element),
    );
  }

  /** The node answered with all that it has. */
  showing(node: number, elements: readonly Json[]): KnownElements {
    return new KnownElements(this.#byNode.with(node, elements));
  }
}
