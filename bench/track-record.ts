// Measures the matrix of protocols, promises and bugs, keeps the rows in bench/track-record.json, and writes the page that tells
// them. `node dist/bench/track-record.js [PROTOCOL...]`: the rows of the others stay. Exit code 1 where something is not as it must be.
import { readFile, writeFile } from "node:fs/promises";
import { OWN_SUBJECT, type Row } from "./benchmark.ts";
import { bugMatrix, matrixProtocols } from "./bug-matrix.ts";
import { trackRecordPage } from "./track-record-page.ts";

const ROWS = "bench/track-record.json";
const PAGE = "docs/reference/track-record.md";

const protocols = matrixProtocols();
const named = process.argv.slice(2);
const stranger = named.find((name) => !protocols.includes(name));
if (stranger !== undefined) {
  console.error(`track-record: no protocol ${stranger}; there are ${protocols.join(", ")}`);
  process.exit(64);
}
let rows: readonly Row[] = JSON.parse(await readFile(ROWS, "utf8"));
for (const protocol of named.length > 0 ? named : protocols) {
  const measured = await bugMatrix.run("full", { ...OWN_SUBJECT, files: [protocol] });
  const others = rows.filter((row) => row["protocol"] !== protocol);
  rows = protocols.flatMap((name) =>
    name === protocol ? measured : others.filter((row) => row["protocol"] === name),
  );
  await writeFile(ROWS, `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`);
  await writeFile(PAGE, trackRecordPage(rows));
  const seconds = measured.reduce((sum, row) => sum + Number(row["s"]), 0);
  console.log(`${protocol}: ${measured.length} rows in ${seconds.toFixed(0)} s of one core`);
  for (const { name, kind, problem } of measured) {
    if (problem !== "") console.error(`${protocol} ${kind} ${name}: ${problem}`);
  }
}
process.exit(rows.every(({ problem }) => problem === "") ? 0 : 1);
