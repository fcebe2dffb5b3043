// Writes the generated pages of docs/reference from the tables that the program itself uses. Needs a build.
// With --check it writes nothing and fails where a page is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { referencePages } from "../dist/cli/reference-pages.js";

const check = process.argv.includes("--check");
for (const { path, text } of await referencePages()) {
  if (!check) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(`${path} is out of date: run npm run reference`);
    process.exitCode = 1;
  }
}
