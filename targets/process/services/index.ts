import type { Random } from "../../../harness/clock/random.ts";
import { linKv } from "./lin-kv.ts";
import { linTso } from "./lin-tso.ts";
import { lwwKv } from "./lww-kv.ts";
import { seqKv } from "./seq-kv.ts";
import type { Service } from "./service.ts";

export type { Service } from "./service.ts";

/** The services that every cluster of processes has, by the names under which nodes ask them. */
export function services(random: Random): ReadonlyMap<string, Service> {
  return new Map([
    ["lin-kv", linKv()],
    ["seq-kv", seqKv(random.stream("seq-kv"))],
    ["lww-kv", lwwKv(random.stream("lww-kv"))],
    ["lin-tso", linTso()],
  ]);
}
