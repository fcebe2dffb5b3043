import type { Checker } from "../../harness/ports/checker.ts";
import type { Model } from "../models/index.ts";
import { registerChecker } from "../register-history/register-checker.ts";
import { findAgainstCausal, findAgainstConvergence } from "./convergence.ts";
import { findAgainstMemory } from "./memory.ts";
import { findAgainstPram } from "./pram.ts";

/**
 * Causal consistency (CC): each operation is explained by some order of what comes causally before it.
 *
 * Anomalies: ThinAirRead, CyclicCO, WriteCOInitRead, WriteCORead. Cost: O(n·k·log n) for n operations in k sessions.
 * For reasons and errors see {@link registerChecker}.
 * Source: Bouajjani, Enea, Guerraoui and Hamza, "On verifying causal consistency", POPL 2017.
 */
export function causal(model: Model): Checker {
  return registerChecker({ name: "causal", find: findAgainstCausal }, model);
}

/**
 * Causal convergence (CCv): causal consistency, and all sessions agree on one order of all writes.
 *
 * Anomalies: those of {@link causal}, and CyclicCF. Cost: O(n·k·log n).
 */
export function causalConvergence(model: Model): Checker {
  return registerChecker({ name: "causal-convergence", find: findAgainstConvergence }, model);
}

/**
 * Causal memory (CM): each session sees the operations of its causal past in one order, which need not be that of others.
 *
 * Anomalies: those of {@link causal}, WriteHBInitRead and CyclicHB. Cost: see {@link findAgainstMemory}.
 */
export function causalMemory(model: Model): Checker {
  return registerChecker({ name: "causal-memory", find: findAgainstMemory }, model);
}

/**
 * PRAM, or FIFO consistency: each session sees the writes of each other session in their order.
 *
 * Anomalies: ThinAirRead, WritePRAMInitRead, CyclicPRAM. Cost: see {@link findAgainstPram}.
 */
export function pram(model: Model): Checker {
  return registerChecker({ name: "pram", find: findAgainstPram }, model);
}
