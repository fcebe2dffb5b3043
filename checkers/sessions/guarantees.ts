/** The session guarantees of Terry et al., PDIS 1994, by the names that `--consistency` takes. */
export const GUARANTEES = {
  "read-your-writes": "a session sees its own earlier writes",
  "monotonic-reads": "a session sees whatever it has seen before",
  "monotonic-writes": "who sees a write sees the earlier ones of its session, and they are ordered before it",
  "writes-follow-reads":
    "who sees a write sees what its session had seen before it, and that is ordered before it",
} as const satisfies Record<string, string>;

export type Guarantee = keyof typeof GUARANTEES;

export const ALL_GUARANTEES = Object.keys(GUARANTEES) as readonly Guarantee[];
