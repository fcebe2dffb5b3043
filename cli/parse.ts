import type { MaxStaleness } from "../checkers/consistencies.ts";
import { NS_PER_MS, parseDuration } from "../harness/clock/index.ts";
import { didYouMean } from "../harness/did-you-mean.ts";
import { UsageError } from "../harness/errors.ts";
import { type Json, jsonProblem } from "../harness/history/index.ts";

/** Parsers of option values. Each takes the text and the name under which the user gave it. */
export type Parser<T> = (text: string, name: string) => T;

function refuse(name: string, expected: string, text: string): never {
  throw new UsageError({
    code: "bad-value",
    message: `${name} must be ${expected}, not ${JSON.stringify(text)}`,
  });
}

/** Nanoseconds from `30s`, `500ms`. */
export const duration: Parser<number> = (text, name) =>
  parseDuration(text) ?? refuse(name, "a duration such as 30s, 500ms or 2m", text);

/** As {@link duration}, and longer than nothing: for what would never end, or never begin, at 0. */
export const positiveDuration: Parser<number> = (text, name) => {
  const durationNs = duration(text, name);
  return durationNs > 0 ? durationNs : refuse(name, "a duration above 0, such as 30s, 500ms or 2m", text);
};

export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Parser<number> {
  return (text, name) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    return refuse(name, `a whole number of ${least} … ${most}`, text);
  };
}

/** Bytes from `512MB`, `2GB`. */
export const bytes: Parser<number> = (text, name) => {
  const match = /^(\d+(?:\.\d+)?)(KB|MB|GB)$/i.exec(text);
  if (match === null) return refuse(name, "a size such as 512MB or 2GB", text);
  const unit = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 }[(match[2] as string).toLowerCase()] as number;
  return Math.floor(Number(match[1]) * unit);
};

/** How stale a read may be: so many versions, or so long. */
export const staleness: Parser<MaxStaleness> = (text, name) => {
  const durationNs = parseDuration(text);
  if (durationNs !== undefined) return { timeMs: durationNs / NS_PER_MS };
  if (/^[1-9]\d{0,8}$/.test(text)) return { versions: Number(text) };
  return refuse(name, "a number of versions such as 3, or a duration such as 500ms", text);
};

/** A number of client threads: `12`, or `3n` for three a node. */
export interface Concurrency {
  readonly count: number;
  readonly perNode: boolean;
}

export const concurrency: Parser<Concurrency> = (text, name) => {
  const match = /^(\d{1,6})(n?)$/.exec(text);
  const count = Number(match?.[1]);
  if (match === null || count < 1)
    return refuse(name, "a number of clients such as 10, or 3n for three a node", text);
  return { count, perNode: match[2] === "n" };
};

export const text: Parser<string> = (value) => value;

/** JSON, as values stand in histories. */
export const json: Parser<Json> = (value, name) => {
  const parsed = parsedJson(value);
  if (parsed === undefined) return refuse(name, "JSON, such as 0, null or '\"a\"'", value);
  const problem = jsonProblem(parsed);
  if (problem === undefined) return parsed;
  throw new UsageError({ code: problem.code, message: `${name}: ${problem.message}`, hint: problem.hint });
};

function parsedJson(value: string): Json | undefined {
  // A shell takes the quotes of `""` away, so that an empty argument is what is left of the empty string.
  if (value === "") return "";
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}

/** One of a set of names, with the nearest one suggested for a typo. */
export function oneOf<Name extends string>(kind: string, names: readonly Name[]): Parser<Name> {
  return (value) => {
    const known = names.find((name) => name === value);
    if (known !== undefined) return known;
    throw new UsageError({
      code: `unknown-${kind}`,
      message: `there is no ${kind} ${JSON.stringify(value)}`,
      hint: `${didYouMean(value, names)}known: ${names.join(", ")}`,
    });
  };
}

/** `key=value` pairs, collected over every time the option is given. */
export function assignment(value: string, name: string): [string, string] {
  const at = value.indexOf("=");
  if (at < 1) return refuse(name, "key=value", value);
  return [value.slice(0, at), value.slice(at + 1)];
}
