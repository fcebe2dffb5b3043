import type { Fault } from "../harness/ports/index.ts";
import { clock } from "./clock.ts";
import { kill } from "./kill.ts";
import { leadership } from "./leadership.ts";
import { membership } from "./membership.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";

/** Every kind of fault, by its name on the command line. */
export const faults: Readonly<Record<string, Fault>> = {
  partition,
  kill,
  pause,
  clock,
  membership,
  leadership,
};

export { type FaultRequest, parseFaultRequests } from "./fault-request.ts";
export { injector } from "./injector.ts";
export { planSchedule } from "./schedule.ts";
