import type { TextKind } from "./distinct-texts.ts";

/** A number of EDN as JSON: a JSON number where that is the same value, and else its text. */
export type EdnNumber = number | { readonly text: string; readonly kind: TextKind };

const INTEGER = /^[+-]?(?:0|[1-9][0-9]*)N?$/;
const FLOAT = /^[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?$/;
const RATIO = /^([+-]?[0-9]+)\/([0-9]+)$/;
/** Longer ratios are not brought to lowest terms: that takes time that grows with the square of their length. */
const MAX_RATIO_LENGTH = 200;

/**
 * The number that a token is, or undefined. Clojure tells 1 from 1.0, 1M and "1", and so must whoever compares: a JSON
 * number stands for integers up to 2^53 - 1 and for floats that are no integers, a text for everything else.
 */
export function ednNumber(token: string): EdnNumber | undefined {
  if (INTEGER.test(token)) {
    const digits = token.replace(/^\+|N$/g, "");
    const value = Number(digits);
    if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
    return { text: digits, kind: "integer" };
  }
  if (FLOAT.test(token)) return ednFloat(Number(token));
  if (token.endsWith("M") && FLOAT.test(token.slice(0, -1))) {
    return { text: token.replace(/^\+/, ""), kind: "decimal" };
  }
  const ratio = RATIO.exec(token);
  return ratio === null || token.length > MAX_RATIO_LENGTH
    ? undefined
    : ednRatio(BigInt((ratio[1] as string).replace("+", "")), BigInt(ratio[2] as string));
}

function ednFloat(value: number): EdnNumber {
  if (!Number.isFinite(value)) return { text: value > 0 ? "##Inf" : "##-Inf", kind: "float" };
  if (!Number.isInteger(value)) return value;
  const text = Object.is(value, -0) ? "-0" : String(value);
  return { text: text.includes("e") ? text : `${text}.0`, kind: "float" };
}

function ednRatio(numerator: bigint, denominator: bigint): EdnNumber | undefined {
  if (denominator === 0n) return undefined;
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  const [over, under] = [numerator / a, denominator / a];
  return under === 1n ? ednNumber(String(over)) : { text: `${over}/${under}`, kind: "ratio" };
}
