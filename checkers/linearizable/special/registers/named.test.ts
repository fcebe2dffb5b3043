import { describe, expect, test } from "vitest";
import { casRegister, type Model, register } from "../../../models/index.ts";
import { checkEvents } from "../../../testing/check-events.ts";
import { drawn } from "../../../testing/drawn-register-history.ts";

/** The verdict and by whom; of a violation the first line. */
function verdict(drawing: string, model: Model): string {
  const { validity, decidedBy, anomalies } = checkEvents(drawn(drawing), model);
  const [by] = Object.keys(decidedBy ?? {});
  const headline = anomalies.map(({ message }) => `: ${message.split("\n")[0]}`).join("");
  return `${validity} by ${by}${headline}`;
}

describe("of a register whose values tell who wrote them", () => {
  const model = register({ init: 0 });

  test("two zones overlap: each value was there before the other", () => {
    expect(
      verdict(
        `
        0  |-w1-|        |-r1-|
        1         |-w2-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by zones: process 0 read 1 at 0.005 s, but 1 had been overwritten by 2 before the read began"`,
    );
  });

  test("a value that was overwritten before it was read lies within the zone of the other", () => {
    expect(
      verdict(
        `
        0  |-w1-| |-r1-|               |-r1-|
        1                |-----w2-----|
        2                  |-r2-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by zones: process 0 read 1 at 0.009 s, but 1 had been overwritten by 2 before the read began"`,
    );
  });

  test("the initial value counts as written before everything", () => {
    expect(
      verdict(
        `
        0  |-w1-|
        1         |-r0-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by zones: process 1 read 0 at 0.003 s, but 0 had been overwritten by 1 before the read began"`,
    );
  });

  test("a value is read that nobody wrote, or only later", () => {
    expect(verdict(`0 |-r7-|`, model)).toMatchInlineSnapshot(
      `"invalid by zones: process 0 read 7 at event 1, but 7 was never written"`,
    );
    expect(
      verdict(
        `
        0  |-r1-|
        1          |-w1-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by zones: process 0 read 1 at 0.001 s, but 1 was written only after the read had ended"`,
    );
  });

  test("a crashed write took effect if it was read, at any time after its invocation", () => {
    expect(
      verdict(
        `
        0  |-w1-?
        1  |-w2-|  |-r2-|  |-r1-|`,
        model,
      ),
    ).toMatchInlineSnapshot(`"valid by zones"`);
    expect(
      verdict(
        `
        0  |-w1-?
        1  |-w2-|  |-r1-|  |-r2-|  |-r1-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by zones: process 1 read 2 at 0.007 s, but 2 had been overwritten by 1 before the read began"`,
    );
  });

  test("a value that is written again can be told apart where another one came between", () => {
    expect(
      verdict(
        `
        0  |-w1-| |-r1-| |-w2-| |-w1-| |-r1-|
        1  |-r0-|`,
        model,
      ),
    ).toMatchInlineSnapshot(`"valid by zones"`);
    expect(
      verdict(
        `
        0  |-w1-| |-w2-| |-w1-| |-w3-|
        1                               |-r1-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by zones: process 1 read 1 at 0.009 s, but 1 had been overwritten by 3 before the read began"`,
    );
  });

  test("where two writes of a value overlap it goes to the search", () => {
    expect(
      verdict(
        `
        0  |-w1-| |-r1-|
        1  |-w1-|`,
        model,
      ),
    ).toMatchInlineSnapshot(`"valid by search"`);
  });

  test("values that nobody reads may be written as often as one likes", () => {
    expect(
      verdict(
        `
        0  |-w1-| |-w1-| |-w1-| |-w2-|
        1  |-w1-| |-w1-|               |-r2-|`,
        model,
      ),
    ).toMatchInlineSnapshot(`"valid by zones"`);
  });
});

describe("of a register with compare-and-set", () => {
  const model = casRegister({ init: 0 });

  test("every update names the version that it replaces: one chain", () => {
    expect(
      verdict(
        `
        0  |-c0:1-| |-c1:2-| |-r2-|
        1         |-r1-|     |-c2:3-?
        2                            |-r3-|`,
        model,
      ),
    ).toMatchInlineSnapshot(`"valid by cas-chains"`);
  });

  test("an older version is read after a newer one", () => {
    expect(
      verdict(
        `
        0  |-c0:1-| |---c1:2---|
        1             |-r2-| |-r1-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by cas-chains: process 1 read 1 at 0.007 s, but 1 had been overwritten by 2 before the read began"`,
    );
  });

  test("two of them replace one version", () => {
    expect(
      verdict(
        `
        0  |-c0:1-|
        1     |-c0:2-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by cas-chains: process 1 changed 0 to 2 by compare-and-set at 0.003 s, but another compare-and-set changed that 0 to 1"`,
    );
  });

  test("a version is read before the one that it came from was written", () => {
    expect(
      verdict(
        `
        0  |----c1:2----|
        1     |-r2-|
        2            |-w1-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by cas-chains: process 1 read 2 at 0.002 s, but 2 comes from 1, which was written only after the read had ended"`,
    );
  });

  test("versions come from each other in a circle", () => {
    expect(
      verdict(
        `
        0  |-c1:2-|
        1  |-c2:1-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by cas-chains: process 0 changed 1 to 2 by compare-and-set at 0.002 s, but 1 comes from itself alone"`,
    );
  });

  test("a write cannot come between a version and its successor", () => {
    expect(
      verdict(
        `
        0  |-w1-|         |-c1:2-|
        1         |-w5-|`,
        model,
      ),
    ).toMatchInlineSnapshot(
      `"invalid by cas-chains: process 0 changed 1 to 2 by compare-and-set at 0.005 s, but 1 had been overwritten by 5 before the cas began"`,
    );
  });

  test("a refusal needs a moment at which the register holds another value", () => {
    const observed = casRegister({ init: 0, failedCas: "observed" });
    const refused = (overlapping: string) => `
        0  |-w1-|   ${overlapping}
        1           |-c1:9-x`;
    expect(verdict(refused("|-w2-|"), observed)).toMatchInlineSnapshot(`"valid by cas-chains"`);
    expect(verdict(refused(""), observed)).toMatchInlineSnapshot(
      `"invalid by search: process 1 was refused to change 1 to 9 by compare-and-set at 0.003 s, but in every order that fits real time the register held 1"`,
    );
  });
});
