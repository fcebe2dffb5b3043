import type { Service } from "./service.ts";

/** A linearizable oracle of time stamps: each `ts` gets the next integer, from 0. */
export function linTso(): Service {
  let next = 0;
  return {
    answer(_client, { type }) {
      if (type === "ts") return { type: "ts_ok", ts: next++ };
      return { type: "error", code: 10, text: `lin-tso has ts, and no ${JSON.stringify(type)}` };
    },
  };
}
