export { any } from "./any.ts";
export { checkEmission } from "./check-emission.ts";
export { type ConcurrentKeys, concurrentKeys, type KeyedLoad, sequentialKeys } from "./concurrent-keys.ts";
export { narrow, rootContext } from "./context.ts";
export { cycle } from "./cycle.ts";
export { deferred } from "./deferred.ts";
export { delay } from "./delay.ts";
export { eachThread } from "./each-thread.ts";
export { filter } from "./filter.ts";
export { flipFlop } from "./flip-flop.ts";
export { fromFunction, type GeneratorFunction } from "./from-function.ts";
export type { Context, Emission, GeneratedOperation, Generator, GeneratorEvent, Offer } from "./generator.ts";
export { limit, once } from "./limit.ts";
export { log } from "./log.ts";
export { map } from "./map.ts";
export { type MixEntry, mix } from "./mix.ts";
export { nothing } from "./nothing.ts";
export { clients, clientsAndNemesis, nemesis, onThreads } from "./on-threads.ts";
export {
  drawThread,
  type InvokeOperation,
  type OperationTemplate,
  offerInvocation,
  operation,
} from "./operation.ts";
export { processLimit } from "./process-limit.ts";
export { repeat } from "./repeat.ts";
export { type Reservation, reserve } from "./reserve.ts";
export { type ScheduleStep, schedule } from "./schedule.ts";
export { type ScriptedOperation, script } from "./script.ts";
export { sequence } from "./sequence.ts";
export { type SimulatedCompletion, type Simulation, simulate } from "./simulate.ts";
export { imperfect, perfect, perfectInfo } from "./simulated-completions.ts";
export { sleep } from "./sleep.ts";
export { stagger } from "./stagger.ts";
export { phases, synchronize } from "./synchronize.ts";
export { type Thread, ThreadSet } from "./thread-set.ts";
export { type ThreadTable, threadTable, withBusy, withFree, withNextProcess } from "./thread-table.ts";
export { timeLimit } from "./time-limit.ts";
export { until } from "./until.ts";
export { untilOk } from "./until-ok.ts";
