import { EVIDENCE_CODES } from "../checkers/evidence-codes.ts";

/** What `--waive` takes. */
export const evidenceCodes: readonly string[] = Object.keys(EVIDENCE_CODES);

export { consistencies } from "../checkers/consistencies.ts";
export { models } from "../checkers/index.ts";
