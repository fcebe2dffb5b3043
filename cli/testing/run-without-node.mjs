// Runs a module as a browser would: in a context that has the language, a console and a clock, and nothing of Node. What
// it imports by a relative path is read from the built package; whatever else it asks for is refused.
//
//   node --experimental-vm-modules run-without-node.mjs <folder of the package> <file of the module>
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createContext, SourceTextModule } from "node:vm";

const [folder = "", program = ""] = process.argv.slice(2).map((path) => resolve(path));
const { exports } = JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8"));
const { performance } = globalThis;
const context = createContext({ console, performance });
const modules = new Map();

/** The module of an import: an entry of the package, or a file beside the one that imports it. */
function link(specifier, importer) {
  const entry = exports[specifier.replace(/^assay(?=\/|$)/, ".")];
  if (entry !== undefined && specifier.startsWith("assay"))
    return load(pathToFileURL(resolve(folder, entry.default)));
  if (specifier.startsWith(".")) return load(new URL(specifier, importer.identifier));
  throw new Error(`${importer.identifier} imports ${specifier}, which a browser has not`);
}

function load(url) {
  const known = modules.get(url.href);
  if (known !== undefined) return known;
  const text = readFileSync(fileURLToPath(url), "utf8");
  const module = new SourceTextModule(text, { context, identifier: url.href });
  modules.set(url.href, module);
  return module;
}

const main = new SourceTextModule(readFileSync(program, "utf8"), { context, identifier: import.meta.url });
await main.link(link);
await main.evaluate();
