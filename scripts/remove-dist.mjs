// What was built before must not outlive its source.
import { rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
