import type { Json } from "../../../harness/history/operation.ts";
import type { Crdt } from "./crdt.ts";
import { gCounter } from "./g-counter.ts";
import { gSet } from "./g-set.ts";
import { lwwRegister } from "./lww-register.ts";
import { mvRegister } from "./mv-register.ts";
import { orSet } from "./or-set.ts";
import { pnCounter } from "./pn-counter.ts";
import { rga } from "./rga.ts";
import { twoPhaseSet } from "./two-phase-set.ts";

/** Every replicated data type, by its standard name. */
export const crdts: Readonly<Record<string, Crdt<Json, Json>>> = Object.fromEntries(
  [gCounter, pnCounter, gSet, twoPhaseSet, orSet, lwwRegister, mvRegister, rga].map((crdt) => [
    crdt.name,
    crdt as Crdt<Json, Json>,
  ]),
);
