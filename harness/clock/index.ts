export type { Clock } from "./clock.ts";
export { Wakeup } from "./clock.ts";
export { formatSeconds, NS_PER_MS, NS_PER_S, NS_PER_US, parseDuration } from "./duration.ts";
export { monotonicMs } from "./monotonic.ts";
export { Random } from "./random.ts";
export { RealClock, wallClockNow } from "./real-clock.ts";
export { type Deferred, type Scheduled, VirtualClock } from "./virtual-clock.ts";
