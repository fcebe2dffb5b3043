import { existsSync, readFileSync } from "node:fs";

/** The version in the package's own package.json, which lies above the sources and above `dist`. */
export function assayVersion(): string {
  for (let folder = new URL(".", import.meta.url); ; folder = new URL("..", folder)) {
    const manifest = new URL("package.json", folder);
    if (existsSync(manifest))
      return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
  }
}
