/** A chain of our own, so that healing touches no rule that a store or an image made. */
const CHAIN = "ASSAY";

/**
 * A shell script for one node's network namespace: from now on, exactly what comes from these addresses is dropped.
 * The rules change at once, in one transaction; links that stay blocked let nothing through meanwhile.
 *
 * It prints the counters of the rules that it replaces, a line `--`, and the rules that are then in place.
 */
export function dropScript(sources: readonly string[]): string {
  return [
    "set -e",
    counters(),
    "echo --",
    "iptables-restore -w --noflush <<RULES",
    "*filter",
    // Naming the chain makes it, or empties it, in the same transaction as the rules below.
    `:${CHAIN} - [0:0]`,
    ...sources.map((ip) => `-A ${CHAIN} -s ${ip} -j DROP`),
    "COMMIT",
    "RULES",
    `iptables -w -C INPUT -j ${CHAIN} 2>/dev/null || iptables -w -I INPUT -j ${CHAIN}`,
    counters(),
    "",
  ].join("\n");
}

/** A shell script that prints the counters and changes nothing. */
export function countScript(): string {
  return [counters(), "echo --", counters(), ""].join("\n");
}

export interface DropReport {
  /** Packets that the rules dropped until the script ran. */
  readonly droppedPackets: number;
  /** Rules in place after it. */
  readonly rules: number;
}

/** Reads what one of the scripts printed. */
export function parseDropReport(output: string): DropReport {
  const [before = "", after = ""] = output.split(/^--$/m);
  return {
    droppedPackets: dropLines(before).reduce((sum, packets) => sum + packets, 0),
    rules: dropLines(after).length,
  };
}

function counters(): string {
  return `iptables -w -nvxL ${CHAIN} 2>/dev/null || true`;
}

/** The packets of each rule: lines of `packets bytes DROP protocol …`. */
function dropLines(listing: string): number[] {
  return [...listing.matchAll(/^\s*(\d+)\s+\d+\s+DROP\s/gm)].map((match) => Number(match[1]));
}
