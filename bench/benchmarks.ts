import type { Benchmark } from "./benchmark.ts";
import { ednReader } from "./edn-reader.ts";
import { history } from "./history.ts";
import { interpreter } from "./interpreter.ts";

export const benchmarks: readonly Benchmark[] = [interpreter, history, ednReader];
