import type { Benchmark } from "./benchmark.ts";
import { interpreter } from "./interpreter.ts";

export const benchmarks: readonly Benchmark[] = [interpreter];
