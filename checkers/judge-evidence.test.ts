import { describe, expect, test } from "vitest";
import type { Evidence, FaultEvidence } from "./evidence.ts";
import { EVIDENCE_CODES } from "./evidence-codes.ts";
import { type EvidenceExpectations, judgeEvidence } from "./judge-evidence.ts";
import type { Counts, PhaseStats } from "./stats.ts";

const counts = (ok: number, fail = 0, info = 0): Counts => ({ ok, fail, info });
function phase(operations: Record<string, Counts>, errors: Record<string, number> = {}): PhaseStats {
  const all = Object.values(operations);
  const total = (name: keyof Counts) => all.reduce((sum, each) => sum + each[name], 0);
  return { total: { ok: total("ok"), fail: total("fail"), info: total("info") }, operations, errors };
}
const fault = (changes: Partial<FaultEvidence> = {}): FaultEvidence => ({
  fault: 1,
  kind: "partition",
  window: {
    startIndex: 100,
    endIndex: 200,
    startTimeNs: 1e9,
    endTimeNs: 2e9,
    inForceFromIndex: 101,
    inForceToIndex: 199,
  },
  failed: false,
  effective: true,
  details: ["412 packets dropped"],
  okDuring: { read: 10 },
  ...changes,
});

/** A run that proves something. */
const GOOD: Evidence = {
  stats: { load: phase({ read: counts(50), write: counts(40, 5, 5) }), recovery: phase({ read: counts(3) }) },
  faults: [fault()],
  finalReads: { keys: 3, unread: 0 },
  okBeforeFirstFault: { read: 4, write: 3 },
};
const ASKED: EvidenceExpectations = {
  faultKinds: ["partition"],
  operations: { read: { hasEffect: false }, write: { hasEffect: true } },
  recovery: true,
};

function reasons(
  evidence: Partial<Evidence>,
  asked: Partial<EvidenceExpectations> = {},
  waived: string[] = [],
) {
  const result = judgeEvidence({ ...GOOD, ...evidence }, { ...ASKED, ...asked }, new Set(waived));
  expect(result.validity).toBe(result.reasons.length === 0 ? "valid" : "unknown");
  return result.reasons;
}
const codes = (...given: Parameters<typeof reasons>) => reasons(...given).map(({ code }) => code);

test("a run that did what was asked is valid", () => {
  expect(judgeEvidence(GOOD, ASKED, new Set())).toEqual({
    checker: "evidence",
    validity: "valid",
    anomalies: [],
    reasons: [],
  });
});

describe("too little was done", () => {
  test("no operation", () => {
    expect(codes({ stats: { load: phase({}) } }, { faultKinds: [], recovery: false })).toEqual([
      "no-operations",
    ]);
  });

  test("final reads that ended in ok do not make up for a load in which nothing did", () => {
    const recovery = phase({ txn: counts(3) });
    const asked = { faultKinds: [], operations: { txn: { hasEffect: true } } };
    expect(codes({ stats: { load: phase({}), recovery } }, asked)).toEqual(["no-operations"]);
    expect(codes({ stats: { load: phase({ txn: counts(0, 0, 9) }), recovery } }, asked)).toEqual([
      "no-ok-operations",
    ]);
  });

  test("no ok operation, with the most frequent error", () => {
    const load = phase({ read: counts(0, 7, 0), write: counts(0, 0, 2) }, { timeout: 2, refused: 7 });
    expect(reasons({ stats: { load } }, { faultKinds: [], recovery: false })).toEqual([
      {
        code: "no-ok-operations",
        message: "none of 9 operations of the load ended in ok: 7 fail, 2 info; 7 with refused",
        hint: "look into the nodes' logs: is the store up, and do the clients reach it?; `--waive no-ok-operations` accepts a run without it",
      },
    ]);
  });

  test("a kind that never ended in ok, or was never invoked", () => {
    const stats = { ...GOOD.stats, load: phase({ read: counts(5), write: counts(1), cas: counts(0, 9, 1) }) };
    const operations = { ...ASKED.operations, cas: { hasEffect: true }, delete: { hasEffect: true } };
    expect(reasons({ stats }, { operations }).map(({ code, message }) => [code, message])).toEqual([
      ["kind-never-ok", "none of 10 cas operations ended in ok: 9 fail, 1 info"],
      ["kind-never-ok", "no delete was invoked"],
    ]);
  });

  test("a kind that ended in ok only during recovery did end in ok", () => {
    const stats = { load: phase({ write: counts(5) }), recovery: phase({ read: counts(1) }) };
    expect(codes({ stats })).toEqual([]);
  });
});

describe("faults proved nothing", () => {
  test("nothing was acknowledged before the first: there was nothing to lose", () => {
    expect(reasons({ okBeforeFirstFault: { read: 9 } })).toMatchObject([
      {
        code: "no-acknowledged-writes-before-first-fault",
        message: "0 operations with an effect (write) were acknowledged before event 100, the first fault",
      },
    ]);
    expect(codes({ okBeforeFirstFault: {}, faults: [] }, { faultKinds: [] })).toEqual([]);
    expect(codes({ okBeforeFirstFault: {} }, { operations: { read: { hasEffect: false } } })).toEqual([]);
  });

  test("a kind was never injected, though another was", () => {
    expect(reasons({}, { faultKinds: ["partition", "kill"] })).toMatchObject([
      { code: "fault-never-injected", message: "no kill was injected" },
    ]);
  });

  test("each injection of a kind failed", () => {
    const failed = fault({ failed: true, effective: false, details: ["partition failed: no root"] });
    expect(reasons({ faults: [failed, failed] })).toMatchObject([
      {
        code: "fault-never-injected",
        message: "no partition was injected: 2 tried, all failed (partition failed: no root)",
      },
    ]);
  });

  test("no injection of a kind had an effect", () => {
    const idle = fault({ effective: false, details: ["0 packets dropped"] });
    expect(reasons({ faults: [idle, idle] })).toMatchObject([
      {
        code: "fault-without-effect",
        message: "none of 2 injections of partition had an effect (0 packets dropped)",
      },
    ]);
    expect(codes({ faults: [idle, fault()] })).toEqual([]);
  });

  test("nothing ended in ok inside any window of an effective fault", () => {
    const silent = fault({ okDuring: {} });
    const idle = fault({ effective: false });
    expect(codes({ faults: [silent, idle] })).toEqual(["no-operations-during-faults"]);
    expect(codes({ faults: [silent, fault()] })).toEqual([]);
  });

  test("but of a fault that is over in a moment nobody asks that somebody was answered meanwhile", () => {
    const moment = fault({ momentary: true, okDuring: {} });
    expect(codes({ faults: [moment] })).toEqual([]);
    expect(codes({ faults: [moment, fault({ okDuring: {} })] })).toEqual(["no-operations-during-faults"]);
  });
});

describe("the store did not come back", () => {
  test("nothing ended in ok after the final heal", () => {
    const recovery = phase({ read: counts(0, 20) }, { timeout: 20 });
    expect(reasons({ stats: { ...GOOD.stats, recovery } })).toMatchObject([
      {
        code: "no-recovery",
        message:
          "none of 20 operations after the final heal ended in ok: the store did not come back; 20 with timeout",
      },
    ]);
  });

  test("the run ended before the final heal", () => {
    expect(codes({ stats: { load: GOOD.stats.load } })).toEqual(["no-recovery"]);
    expect(codes({ stats: { load: GOOD.stats.load } }, { recovery: false })).toEqual([]);
  });

  test("writes were answered and no final read was", () => {
    const recovery = phase({ write: counts(2), read: counts(0, 3, 1) });
    expect(reasons({ stats: { ...GOOD.stats, recovery } })).toMatchObject([
      { code: "no-final-reads", message: "none of 4 final reads ended in ok: 3 fail, 1 info" },
    ]);
  });
});

test("keys that nobody read again leave a hole in what was looked at", () => {
  expect(reasons({ finalReads: { keys: 170, unread: 169 } })).toMatchObject([
    { code: "final-reads-incomplete", message: "169 of 170 keys were not read again after the final heal" },
  ]);
});

describe("waiving", () => {
  const NOTHING: Evidence = {
    stats: { load: phase({ read: counts(0, 1) }) },
    faults: [fault({ effective: false }), fault({ kind: "kill", okDuring: {} })],
    okBeforeFirstFault: {},
    finalReads: { keys: 0, unread: 0 },
  };

  test("lowers the bar by exactly the codes that are named", () => {
    const all = [
      "no-ok-operations",
      "no-acknowledged-writes-before-first-fault",
      "fault-without-effect",
      "no-operations-during-faults",
      "no-recovery",
    ];
    expect(codes(NOTHING)).toEqual(all);
    for (const code of all) expect(codes(NOTHING, {}, [code])).toEqual(all.filter((other) => other !== code));
    expect(codes(NOTHING, {}, all)).toEqual([]);
    expect(codes(NOTHING, {}, ["no-such-code"])).toEqual(all);
  });

  test("every reason has its code in the table, and tells how to waive it", () => {
    for (const { code, hint } of reasons(NOTHING)) {
      expect(Object.keys(EVIDENCE_CODES)).toContain(code);
      expect(hint).toContain(`--waive ${code}`);
    }
  });
});
