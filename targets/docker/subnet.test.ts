import { expect, test } from "vitest";
import { MAX_NODES, overlap, subnetCandidates } from "./subnet.ts";

test("there are 512 subnets, all within 198.18.0.0/15 and apart from each other", () => {
  const candidates = [...subnetCandidates("r1")].map((subnet) => subnet.cidr);
  expect(new Set(candidates).size).toBe(512);
  expect(candidates.every((cidr) => overlap(cidr, "198.18.0.0/15"))).toBe(true);
});

test("a subnet has a gateway, and addresses for as many nodes as are allowed", () => {
  const [subnet] = subnetCandidates("r1");
  const prefix = subnet?.cidr.replace(/\.0\/24$/, "");
  expect(subnet?.gateway).toBe(`${prefix}.1`);
  expect(subnet?.address(0)).toBe(`${prefix}.11`);
  expect(subnet?.address(MAX_NODES - 1)).toBe(`${prefix}.210`);
});

test.each([
  ["198.18.4.0/24", "198.18.4.0/24", true],
  ["198.18.4.0/24", "198.18.5.0/24", false],
  ["198.18.0.1/16", "198.18.5.0/24", true],
  ["10.0.0.1/8", "198.18.5.0/24", false],
  ["0.0.0.0/0", "198.18.5.0/24", true],
  ["198.18.5.7/32", "198.18.5.0/24", true],
])("%s and %s overlap: %s", (a, b, expected) => {
  expect(overlap(a, b)).toBe(expected);
  expect(overlap(b, a)).toBe(expected);
});
