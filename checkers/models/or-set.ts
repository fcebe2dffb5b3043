import type { Model } from "./model.ts";
import { set } from "./set.ts";

/**
 * An observed-remove set (Shapiro et al. 2011, specification 15): one client at a time it is a {@link set}, with the same
 * operations. What sets it apart shows where operations are concurrent: a remove takes away those additions alone that it has
 * seen, so that an add beside it wins. Checkers of convergence know it by its name.
 */
export function orSet(): Model {
  return { ...set(), name: "or-set" };
}
