import { EVIDENCE_CODES } from "../checkers/evidence-codes.ts";

/** The consistency models that can be judged, with what each promises. */
export const consistencies: Readonly<Record<string, string>> = {
  linearizable:
    "every operation takes effect at one instant between its invocation and its completion (Herlihy and Wing 1990)",
};

/** What `--waive` takes. */
export const evidenceCodes: readonly string[] = Object.keys(EVIDENCE_CODES);

export { models } from "../checkers/index.ts";
