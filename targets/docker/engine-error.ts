import { describeError, EnvironmentError } from "../../harness/errors.ts";

/** The engine answered, and refused. `status` is the HTTP status that it gave. */
export class EngineError extends EnvironmentError {
  readonly status: number;
  /** The engine's own words. */
  readonly reason: string;

  constructor(doing: string, status: number, reason: string, cause: unknown) {
    super({
      code: "docker-refused",
      message: `Docker could not ${doing}: ${reason} (HTTP ${status})`,
      hint: "the engine's own log says more (journalctl -u docker, or dockerd's output)",
      cause,
    });
    this.status = status;
    this.reason = reason;
  }
}

/** Errors of the way to the engine, by their codes in Node. */
const UNREACHABLE = new Set([
  "ENOENT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EACCES",
  "EPERM",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ERR_INVALID_URL",
]);

/** What a call to the engine threw, as an error for people. `doing` completes "could not …". */
export function engineErrorOf(doing: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ("statusCode" in error && typeof error.statusCode === "number") {
    return new EngineError(doing, error.statusCode, reasonOf(error), error);
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return UNREACHABLE.has(code) ? dockerUnavailable(code, error) : error;
}

/** `docker-unavailable`: no engine answers. */
export function dockerUnavailable(code: string, cause: unknown): EnvironmentError {
  const { DOCKER_HOST: host } = process.env;
  const where = host ? `at DOCKER_HOST=${host}` : "at the default socket, /var/run/docker.sock";
  const denied = code === "EACCES" || code === "EPERM";
  return new EnvironmentError({
    code: "docker-unavailable",
    message: `no Docker engine answers ${where}: ${describeError(cause)}`,
    hint: denied
      ? "this user may not talk to the engine: join the group docker, or run as root"
      : "start Docker (Debian: apt-get install docker.io, then dockerd), or set DOCKER_HOST to where it listens; simulated targets need no Docker",
    cause,
  });
}

/** Waits for a call; false where the engine refused with one of these statuses, which say the state is reached. */
export async function tolerate(call: Promise<void>, ...statuses: readonly number[]): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof EngineError && statuses.includes(error.status)) return false;
    throw error;
  }
}

/** Docker's own words: the `message` of its JSON body where there is one. */
function reasonOf(error: Error): string {
  const body: unknown = "json" in error ? error.json : undefined;
  if (typeof body === "object" && body !== null && "message" in body && typeof body.message === "string") {
    return body.message;
  }
  return error.message;
}
