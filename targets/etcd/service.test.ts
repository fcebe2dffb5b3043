import { expect, test } from "vitest";
import { resolveOptions } from "../../harness/ports/index.ts";
import { etcdOptions } from "./options.ts";
import { isLeader } from "./primaries.ts";
import { etcdService } from "./service.ts";

const MEMBERS = [
  { name: "n1", ip: "198.18.0.11", port: 20_001 },
  { name: "n2", ip: "198.18.0.12", port: 20_002 },
];

test("a member is told who it is and who the others are", () => {
  const options = resolveOptions("etcd", etcdOptions, { "election-timeout-ms": "500" });
  const command = etcdService(options).command(MEMBERS[0] as (typeof MEMBERS)[0], MEMBERS);
  expect(command).toContain("--name=n1");
  expect(command).toContain("--advertise-client-urls=http://198.18.0.11:2379");
  expect(command).toContain("--initial-cluster=n1=http://198.18.0.11:2380,n2=http://198.18.0.12:2380");
  expect(command).toContain("--heartbeat-interval=100");
  expect(command).toContain("--election-timeout=500");
});

test("ports are free ones unless the user chose a row", () => {
  const service = (given: Record<string, string>) => etcdService(resolveOptions("etcd", etcdOptions, given));
  expect(service({}).basePort).toBeUndefined();
  expect(service({ ports: "23790" }).basePort).toBe(23_790);
});

test.each([
  [{ ports: "80" }],
  [{ ports: "some" }],
  [{ reads: "stale" }],
  [{ "election-timeout-ms": "1e3" }],
  [{ "heartbeat-interval-ms": "0" }],
])("%j is refused", (given) => {
  expect(() => resolveOptions("etcd", etcdOptions, given)).toThrow(/must be/);
});

test("a member leads when it names itself as the leader", () => {
  expect(isLeader({ header: { member_id: "11" }, leader: "11" })).toBe(true);
  expect(isLeader({ header: { member_id: "11" }, leader: "12" })).toBe(false);
  expect(isLeader({ header: { member_id: "11" } })).toBe(false);
});
