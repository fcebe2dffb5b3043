import { expect, test } from "vitest";
import { mutex } from "../../models/index.ts";
import { historyOf } from "../../testing/history-of.ts";
import { told } from "../../testing/told-history.ts";
import { stepMeter } from "../meter.ts";
import { prepare } from "../preparation/prepare.ts";
import { byCompletion, extentsOf } from "./extents.ts";

const OPERATIONS = ["0 acquire", "1 acquire", "2 acquire", "1 ok", "2 info", "3 acquire", "0 ok"];

test.each([0, 200])(
  "completed operations in order of completion, with %i events of others before the last",
  (others) => {
    const elsewhere = told("9 acquire", "9 ok").map((event) => ({ ...event, key: "elsewhere" }));
    const events = told(...OPERATIONS);
    const last = events.splice(-1);
    const between = Array.from({ length: others / 2 }, () => elsewhere).flat();
    const { parts } = prepare(historyOf([...events, ...between, ...last]), mutex());
    const object = parts.find(({ key }) => key === undefined);
    if (object === undefined) expect.fail("no object without a key");
    const extents = extentsOf(object, stepMeter(1e6, 1e6));
    expect([...byCompletion(extents)]).toEqual([1, 0]);
  },
);
