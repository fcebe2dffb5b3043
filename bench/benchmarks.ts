import type { Benchmark } from "./benchmark.ts";
import { bugMatrix } from "./bug-matrix.ts";
import { ednReader } from "./edn-reader.ts";
import { history } from "./history.ts";
import { interpreter } from "./interpreter.ts";
import { linearizability } from "./linearizability.ts";
import { scaling } from "./scaling.ts";
import { shrinking } from "./shrink.ts";
import { simulation } from "./simulation.ts";

export const benchmarks: readonly Benchmark[] = [
  bugMatrix,
  shrinking,
  interpreter,
  history,
  ednReader,
  linearizability,
  scaling,
  simulation,
];
