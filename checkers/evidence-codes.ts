/**
 * Why a run can prove too little, by code. Each makes the verdict `unknown` unless it is waived by name. Help and
 * reference pages come from this table.
 */
export const EVIDENCE_CODES = {
  "no-operations": "clients invoked no operation during the load",
  "no-ok-operations": "operations were invoked during the load, and none ended in ok",
  "kind-never-ok": "a kind of operation that the workload asks for never ended in ok",
  "no-acknowledged-writes-before-first-fault":
    "no operation with an effect was acknowledged before the first fault, so there was nothing to lose",
  "fault-never-injected": "a kind of fault that was asked for was never injected, or each injection failed",
  "fault-without-effect": "a kind of fault was injected, and no probe saw any effect of it",
  "no-operations-during-faults": "no operation ended in ok while any fault with an effect lasted",
  "no-recovery": "no operation ended in ok after all faults were healed: the store did not come back",
  "final-reads-incomplete":
    "some keys were not read again after the final heal, so what the store kept of them was not looked at",
  "no-final-reads": "no final read ended in ok, so what the store kept was not looked at",
} as const satisfies Record<string, string>;

export type EvidenceCode = keyof typeof EVIDENCE_CODES;
