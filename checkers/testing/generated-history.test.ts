import { expect, test } from "vitest";
import type { Validity } from "../../harness/ports/verdict.ts";
import { casRegister, register } from "../models/index.ts";
import { checkEvents } from "./check-events.ts";
import { generatedHistory } from "./generated-history.ts";
import { type GeneratedRegisterOptions, generatedRegister } from "./generated-register.ts";

const OBJECTS: readonly GeneratedRegisterOptions[] = [
  { values: 5, withCas: true },
  { values: 5, withCas: false },
  { values: "distinct", withCas: false },
];

test.each(OBJECTS)(
  "generated histories are valid, or invalid where asked ($values, cas $withCas)",
  (object) => {
    const model = (object.withCas ? casRegister : register)();
    for (const violation of ["none", "middle", "end"] as const) {
      for (const crashed of [0, 5]) {
        for (let seed = 0; seed < 5; seed++) {
          const events = [
            ...generatedHistory(generatedRegister(object), {
              operations: 400,
              clients: 5,
              crashed,
              violation,
              seed,
            }),
          ];
          expect(events.filter(({ type }) => type === "invoke")).toHaveLength(400);
          expect(events.filter(({ type }) => type === "info")).toHaveLength(crashed);
          const expected: Validity = violation === "none" ? "valid" : "invalid";
          expect(checkEvents(events, model).validity).toBe(expected);
        }
      }
    }
  },
);

test("the same seed gives the same events, another one others", () => {
  const events = (seed: number) => [
    ...generatedHistory(generatedRegister({ values: 5, withCas: true }), {
      operations: 50,
      clients: 3,
      seed,
    }),
  ];
  expect(events(1)).toEqual(events(1));
  expect(events(1)).not.toEqual(events(2));
});
