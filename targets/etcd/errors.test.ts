import { expect, test } from "vitest";
import { ERROR_TABLE, meaningOfAnswer, meaningOfFailure } from "./errors.ts";

test.each([
  ["etcdserver: request timed out", "request-timed-out", false],
  ["etcdserver: request timed out, possibly due to previous leader failure", "request-timed-out", false],
  ["etcdserver: request timed out, possibly due to connection lost", "request-timed-out", false],
  ["etcdserver: leader changed", "leader-changed", false],
  ["etcdserver: no leader", "no-leader", false],
  ["etcdserver: not leader", "not-leader", false],
  ["etcdserver: server stopped", "server-stopped", false],
  ["raft proposal dropped", "proposal-dropped", false],
  // The write that first goes over the quota is applied and answered with this.
  ["etcdserver: mvcc: database space exceeded", "no-space", false],
  ["etcdserver: corrupt cluster", "corrupt-cluster", false],
  ["rpc error: code = Unavailable desc = transport is closing", "gateway-lost-server", false],
  ["context deadline exceeded", "gateway-gave-up", false],
  ["etcdserver: not capable", "not-capable", true],
  ["etcdserver: too many requests", "too-many-requests", true],
  ["etcdserver: request is too large", "request-too-large", true],
  ["etcdserver: key is not provided", "bad-request", true],
  ["a text of a later version", "etcd-error", false],
])("%s: %s, definite %s", (text, code, definite) => {
  expect(meaningOfAnswer(JSON.stringify({ error: text, code: 14 }))).toEqual({ code, definite });
});

test("no row is definite where the request may have been proposed", () => {
  expect(ERROR_TABLE.filter((row) => row.definite).map((row) => row.code)).toEqual([
    "not-capable",
    "too-many-requests",
    "request-too-large",
    "bad-request",
  ]);
});

function failed(code: string): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
}

test.each([
  ["ECONNREFUSED", "connection-refused", true],
  ["UND_ERR_CONNECT_TIMEOUT", "connect-timeout", true],
  ["ECONNRESET", "connection-reset", false],
  ["EPIPE", "connection-reset", false],
  ["UND_ERR_SOCKET", "connection-closed", false],
  ["UND_ERR_HEADERS_TIMEOUT", "no-answer", false],
  ["EHOSTUNREACH", "request-failed", false],
])("a connection that ends in %s: %s, definite %s", (errno, code, definite) => {
  expect(meaningOfFailure(failed(errno))).toEqual({ code, definite });
});

test("an abort says nothing of what became of the request", () => {
  expect(meaningOfFailure(new DOMException("aborted", "AbortError"))).toEqual({
    code: "aborted",
    definite: false,
  });
  expect(meaningOfFailure("whatever was thrown")).toEqual({ code: "request-failed", definite: false });
});
