// Fails when a page points at something that is not there: a relative link, a heading, or a source file that is named
// in backticks. Pages are every Markdown file of the repository.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const IGNORED = new Set(["node_modules", "dist", "assay-results", "coverage", ".git"]);
/** `harness/run/run.ts`: what reads as a file of this repository. */
const SOURCE =
  /^(?:harness|checkers|workloads|nemesis|targets|results|cli|bench|scripts|docs|\.ci)\/[\w./-]*$/;

function* pages(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !IGNORED.has(entry.name)) yield* pages(path);
    else if (entry.isFile() && entry.name.endsWith(".md")) yield path;
  }
}

/** The text without fenced blocks: what stands there is output, and no link. */
const prose = (text) => text.replace(/^(```|~~~)[^\n]*\n[\s\S]*?^\1/gm, "");

/** The names under which GitHub makes the headings of a page reachable. */
function anchors(text) {
  const seen = new Map();
  return [...prose(text).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)].map(([, heading]) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

const problems = [];
let links = 0;
for (const page of pages(".")) {
  const text = prose(readFileSync(page, "utf8"));
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/i.test(target)) continue;
    links++;
    const [path, anchor] = target.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    const outside = relative(".", resolve(file)).startsWith("..");
    if (outside || !existsSync(file)) problems.push(`${page}: there is no ${target}`);
    else if (anchor !== undefined && !(statSync(file).isFile() && hasAnchor(file, anchor)))
      problems.push(`${page}: ${path || page} has no heading #${anchor}`);
  }
  for (const [, name] of text.matchAll(/`([^`\n]+)`/g)) {
    if (!SOURCE.test(name)) continue;
    links++;
    if (!existsSync(name)) problems.push(`${page}: there is no ${name}`);
  }
}

function hasAnchor(file, anchor) {
  return anchors(readFileSync(file, "utf8")).includes(anchor);
}

for (const problem of problems) console.error(problem);
if (links === 0) console.error("no link was found: is this the root of the repository?");
else console.log(`${links} links and names of files, ${problems.length} broken`);
process.exitCode = problems.length > 0 || links === 0 ? 1 : 0;
