import type { ModelOptions } from "../../../models/index.ts";
import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { linkClusters } from "./chains.ts";
import { linearization } from "./linearization.ts";
import { placeRefusals } from "./refusals.ts";
import {
  type Functions,
  OPERATION_BYTES,
  type RegisterOperations,
  registerOperations,
} from "./register-operations.ts";
import { findSources } from "./sources.ts";
import { findViolation } from "./violations.ts";
import { zonesOf } from "./zones.ts";

/** What operations do to a register, by the names that the models have for them. Others, as `append`, are declined. */
const REGISTER: Functions = { read: "read", write: "write", get: "read", put: "write", delete: "clear" };
const CAS_REGISTER: Functions = { read: "read", write: "write", cas: "cas" };

/**
 * Registers that are read and written, where the history tells who wrote each value that was read.
 *
 * Cost: O(n), and sorts of plain numbers.
 * Source: Gibbons and Korach, "Testing shared memories", SIAM J. Comput. 26(4), 1997. Crashed operations,
 * values that are written again ({@link findSources}) and the proof ({@link zonesOf}) are beyond it.
 */
const byZones: SpecialChecker = {
  name: "zones",
  models: ["register", "cas-register", "kv"],
  decide: (object, options, meter) => decide(object, REGISTER, options, meter),
};

/**
 * Registers with compare-and-set too, on the same condition. Versioned compare-and-set, where each update names the one
 * version that it replaces, is the case of a single chain ({@link linkClusters}), and needs no checker of its own.
 *
 * Cost: O(n), and sorts of plain numbers.
 * Source: as {@link byZones}.
 */
const byChains: SpecialChecker = {
  name: "cas-chains",
  models: ["cas-register"],
  decide: (object, options, meter) => decide(object, CAS_REGISTER, options, meter),
};

/** The special checkers of registers: a history is for the first that knows all its operations. */
export const registers: readonly SpecialChecker[] = [byZones, byChains];

function decide(
  object: ObjectHistory,
  functions: Functions,
  { init = null }: ModelOptions,
  meter: Meter,
): SpecialDecision {
  meter.allocate(OPERATION_BYTES * object.rows.length);
  try {
    // An absent key reads as what the empty store has.
    const meaning = { functions, init, cleared: init === "" ? "" : null };
    const operations = registerOperations(object, meaning);
    if (typeof operations === "string") return declined(`${operations} is no operation of a register`);
    return decideRegister(operations);
  } finally {
    meter.allocate(-OPERATION_BYTES * object.rows.length);
  }
}

function decideRegister(operations: RegisterOperations): SpecialDecision {
  const sources = findSources(operations);
  if (sources === undefined)
    return declined("a value that was read can have been written by several operations");
  const chains = linkClusters(operations, sources);
  const zones = zonesOf(operations, sources, chains);
  const violation = findViolation(operations, sources, chains, zones);
  // Refused compare-and-set only add constraints, so that a violation without them is one.
  if (violation !== undefined) return { verdict: "invalid", violation };
  const order = () => linearization(operations, sources, chains, zones);
  const { rows } = operations.object;
  // The initial value stands first, and is no row.
  const rowsOf = (some: Int32Array) => some.subarray(1).map((operation) => rows[operation] as number);
  if (!operations.hasRefusals) return { verdict: "valid", order: () => rowsOf(order()) };
  const withRefusals = placeRefusals(operations, order());
  if (withRefusals === undefined) return declined("a refused compare-and-set does not fit the order at hand");
  return { verdict: "valid", order: () => rowsOf(withRefusals) };
}

function declined(why: string): SpecialDecision {
  return { verdict: "declined", why };
}
