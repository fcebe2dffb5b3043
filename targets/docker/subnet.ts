import { createHash } from "node:crypto";

/** A /24 network with room for the nodes of one run. */
export interface Subnet {
  readonly cidr: string;
  readonly gateway: string;
  /** The address of the node at a position, from 0. */
  address(position: number): string;
}

/** The most nodes that a subnet has addresses for. */
export const MAX_NODES = 200;

const SUBNETS = 512;

/**
 * The 512 subnets of 198.18.0.0/15, each once, beginning at a place that runs hardly share. The block is set aside
 * for tests of networks (RFC 2544), so no real network is hidden behind it.
 */
export function* subnetCandidates(runId: string): Generator<Subnet> {
  const start = createHash("sha256").update(runId).digest().readUInt32BE(4) % SUBNETS;
  for (let i = 0; i < SUBNETS; i++) {
    const n = (start + i) % SUBNETS;
    yield subnet(`198.${18 + (n >> 8)}.${n & 255}`);
  }
}

function subnet(prefix: string): Subnet {
  return {
    cidr: `${prefix}.0/24`,
    gateway: `${prefix}.1`,
    address: (position) => `${prefix}.${11 + position}`,
  };
}

/** Whether two networks in CIDR notation (IPv4) share an address. */
export function overlap(a: string, b: string): boolean {
  const [first, second] = [parse(a), parse(b)];
  const bits = Math.min(first.bits, second.bits);
  const size = 2 ** (32 - bits);
  return Math.floor(first.address / size) === Math.floor(second.address / size);
}

function parse(cidr: string): { address: number; bits: number } {
  const [address = "", bits = "32"] = cidr.split("/");
  return {
    address: address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0),
    bits: Number(bits),
  };
}
