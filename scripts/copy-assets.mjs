// Copies what the compiler leaves behind (Dockerfiles and shell scripts beside their targets) into dist.
import { cpSync, statSync } from "node:fs";

cpSync("targets", "dist/targets", {
  recursive: true,
  filter: (source) => statSync(source).isDirectory() || /(^|\/)Dockerfile$|\.sh$/.test(source),
});
