import type { CheckResult, Reason } from "../harness/ports/verdict.ts";
import type { CountsByKind, Evidence, FaultEvidence } from "./evidence.ts";
import type { EvidenceCode } from "./evidence-codes.ts";
import type { Counts, PhaseStats } from "./stats.ts";

/** What a run was asked to do. */
export interface EvidenceExpectations {
  /** Kinds of fault: `partition`, `kill`, … None where no fault was asked for. */
  readonly faultKinds: readonly string[];
  /** Every kind of operation that the workload asks for. */
  readonly operations: Readonly<Record<string, { readonly hasEffect: boolean }>>;
  /** Whether a phase of recovery was to follow the load. */
  readonly recovery: boolean;
}

type Shortfall = Omit<Reason, "code"> & { readonly code: EvidenceCode };

/**
 * Whether a run did enough for its verdict to mean something: `valid`, or `unknown` with what was missing. `waived`
 * lowers the bar by codes of EVIDENCE_CODES.
 *
 * Where one shortfall implies another (no operation at all, no ok operation), only the wider one is named, and
 * waiving that waives what it implies.
 */
export function judgeEvidence(
  evidence: Evidence,
  expectations: EvidenceExpectations,
  waived: ReadonlySet<string>,
): CheckResult {
  const reasons = [
    ...operationShortfalls(evidence, expectations),
    ...faultShortfalls(evidence, expectations),
    ...recoveryShortfalls(evidence, expectations),
  ]
    .filter((shortfall) => !waived.has(shortfall.code))
    .map(({ code, message, hint }) => ({
      code,
      message,
      hint: `${hint}; \`--waive ${code}\` accepts a run without it`,
    }));
  return {
    checker: "evidence",
    validity: reasons.length === 0 ? "valid" : "unknown",
    anomalies: [],
    reasons,
  };
}

function* operationShortfalls(
  { stats }: Evidence,
  { operations }: EvidenceExpectations,
): Iterable<Shortfall> {
  // Of the load alone: final reads that end in ok say nothing about a load in which nothing did.
  const { total } = stats.load;
  if (size(total) === 0) {
    yield {
      code: "no-operations",
      message: "clients invoked no operation during the load",
      hint: "let the load last longer, or raise its rate",
    };
    return;
  }
  if (total.ok === 0) {
    yield {
      code: "no-ok-operations",
      message: `none of ${size(total)} operations of the load ended in ok: ${total.fail} fail, ${total.info} info${errorsOf(stats.load)}`,
      hint: "look into the nodes' logs: is the store up, and do the clients reach it?",
    };
    return;
  }
  for (const kind of Object.keys(operations)) {
    const counts = add(stats.load.operations[kind], stats.recovery?.operations[kind]);
    if (counts.ok > 0) continue;
    yield {
      code: "kind-never-ok",
      message:
        size(counts) === 0
          ? `no ${kind} was invoked`
          : `none of ${size(counts)} ${kind} operations ended in ok: ${counts.fail} fail, ${counts.info} info`,
      hint: `let the load last longer, or see why ${kind} never succeeds`,
    };
  }
}

function* faultShortfalls(evidence: Evidence, expectations: EvidenceExpectations): Iterable<Shortfall> {
  const { faults } = evidence;
  if (expectations.faultKinds.length === 0) return;
  const writes = kindsWith(expectations, true);
  if (writes.length > 0 && countOf(evidence.okBeforeFirstFault, writes) === 0) {
    const first = faults[0];
    const when =
      first === undefined ? "in the whole run" : `before event ${first.window.startIndex}, the first fault`;
    yield {
      code: "no-acknowledged-writes-before-first-fault",
      message: `0 operations with an effect (${writes.join(", ")}) were acknowledged ${when}`,
      hint: "inject the first fault later",
    };
  }
  for (const kind of expectations.faultKinds) {
    const shortfall = kindShortfall(
      kind,
      faults.filter((fault) => fault.kind === kind),
    );
    if (shortfall !== undefined) yield shortfall;
  }
  // What was over in a moment may have had nobody ask meanwhile.
  const effective = faults.filter((fault) => fault.effective && !fault.momentary);
  if (effective.length > 0 && effective.every((fault) => countOf(fault.okDuring) === 0)) {
    yield {
      code: "no-operations-during-faults",
      message: `0 operations ended in ok inside the windows of ${effective.length} effective faults`,
      hint: "let faults last longer, raise the rate, or leave a majority of the nodes alone",
    };
  }
}

function kindShortfall(kind: string, faults: readonly FaultEvidence[]): Shortfall | undefined {
  const injected = faults.filter((fault) => !fault.failed);
  if (injected.length === 0) {
    return {
      code: "fault-never-injected",
      message:
        faults.length === 0
          ? `no ${kind} was injected`
          : `no ${kind} was injected: ${faults.length} tried, all failed (${detailsOf(faults)})`,
      hint: "let the load last longer than the time between faults, and see that the environment can inject it",
    };
  }
  if (injected.some((fault) => fault.effective)) return undefined;
  return {
    code: "fault-without-effect",
    message: `none of ${injected.length} injections of ${kind} had an effect (${detailsOf(injected)})`,
    hint: "let the fault last longer, or let it strike nodes that take part",
  };
}

function* recoveryShortfalls(
  { stats, finalReads }: Evidence,
  expectations: EvidenceExpectations,
): Iterable<Shortfall> {
  if (!expectations.recovery) return;
  const { recovery } = stats;
  if (recovery === undefined || recovery.total.ok === 0) {
    yield {
      code: "no-recovery",
      message:
        recovery === undefined
          ? "the run ended before the faults were healed for good"
          : `none of ${size(recovery.total)} operations after the final heal ended in ok: the store did not come back${errorsOf(recovery)}`,
      hint: "give the store more time to recover, and look into the nodes' logs",
    };
    return;
  }
  const reads = kindsWith(expectations, false).map((kind) => add(recovery.operations[kind], undefined));
  const total = reads.reduce(add, NONE);
  if (size(total) > 0 && total.ok === 0) {
    yield {
      code: "no-final-reads",
      message: `none of ${size(total)} final reads ended in ok: ${total.fail} fail, ${total.info} info${errorsOf(recovery)}`,
      hint: "give the store more time to recover, and look into the nodes' logs",
    };
  } else if (finalReads.unread > 0) {
    yield {
      code: "final-reads-incomplete",
      message: `${finalReads.unread} of ${finalReads.keys} keys were not read again after the final heal`,
      hint: "give the recovery more time (--recovery), and look into the nodes' logs",
    };
  }
}

const NONE: Counts = { ok: 0, fail: 0, info: 0 };

function add(a: Counts = NONE, b: Counts = NONE): Counts {
  return { ok: a.ok + b.ok, fail: a.fail + b.fail, info: a.info + b.info };
}

function size({ ok, fail, info }: Counts): number {
  return ok + fail + info;
}

function kindsWith({ operations }: EvidenceExpectations, hasEffect: boolean): string[] {
  return Object.keys(operations).filter((kind) => operations[kind]?.hasEffect === hasEffect);
}

function countOf(counts: CountsByKind, kinds: readonly string[] = Object.keys(counts)): number {
  return kinds.reduce((total, kind) => total + (counts[kind] ?? 0), 0);
}

function detailsOf(faults: readonly FaultEvidence[]): string {
  const details = [...new Set(faults.flatMap((fault) => fault.details))];
  const shown = details.slice(0, 3).join("; ");
  if (details.length === 0) return "the probes said nothing";
  return details.length > 3 ? `${shown}; and ${details.length - 3} more` : shown;
}

/** The most frequent error, for a message. */
function errorsOf({ errors }: PhaseStats): string {
  const [most] = Object.entries(errors).sort(([, a], [, b]) => b - a);
  return most === undefined ? "" : `; ${most[1]} with ${most[0]}`;
}
