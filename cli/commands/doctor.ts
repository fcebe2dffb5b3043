import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { describeError } from "../../harness/errors.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import { BASE_IMAGE, connectEngine } from "../../targets/docker/index.ts";
import { command, jsonOption } from "../command.ts";
import { assayVersion } from "../version.ts";

/** What one examination found. `needed`: without it not even simulated runs work. */
interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** How to repair it; only where it is not ok. */
  readonly repair?: string;
  readonly needed: boolean;
}

const LEAST_FREE_BYTES = 2 ** 30;

export const doctor = command({
  name: "doctor",
  summary: "examine this machine: what works here, and how to repair what does not",
  details:
    "Exits 4 when something is missing that every run needs; what only containers need is told and no more.",
  arguments: [],
  options: jsonOption,
  async run(_args, { json }, { console, cwd }) {
    const findings = [node(), await disk(cwd), await ports(), ...(await docker())];
    if (json) console.out(JSON.stringify({ assay: assayVersion(), findings }, null, 2));
    else {
      for (const { what, ok, found, repair } of findings) {
        console.out(
          `${ok ? console.style("green", "ok     ") : console.style("red", "missing")} ${what.padEnd(12)} ${found}`,
        );
        if (repair !== undefined) console.out(`        ${" ".repeat(12)} → ${repair}`);
      }
    }
    return findings.some(({ ok, needed }) => needed && !ok) ? ExitCode.environment : ExitCode.valid;
  },
});

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    what: "Node",
    ok,
    found: process.version,
    ...(ok ? {} : { repair: "install Node 20.19 or later" }),
    needed: true,
  };
}

async function disk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const ok = freeBytes >= LEAST_FREE_BYTES;
  return {
    what: "disk",
    ok,
    found: `${(freeBytes / 2 ** 30).toFixed(1)} GiB free in ${folder}`,
    ...(ok ? {} : { repair: "free 1 GiB here, or keep runs elsewhere with --out FOLDER" }),
    needed: true,
  };
}

/** Containers publish on 127.0.0.1: a sandbox may forbid to listen there. */
function ports(): Promise<Finding> {
  const what = "ports";
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => {
      const repair = "allow programs to listen on 127.0.0.1; only container targets need it";
      resolve({ what, ok: false, found: describeError(error), repair, needed: false });
    });
    server.listen(0, "127.0.0.1", () => {
      server.close(() => resolve({ what, ok: true, found: "free ones on 127.0.0.1", needed: false }));
    });
  });
}

/** The engine, and what partitions need: iptables in the image, which the image of each target brings along. */
async function docker(): Promise<Finding[]> {
  const needed = false;
  try {
    const engine = await connectEngine();
    const image = await engine.imageId(BASE_IMAGE);
    return [
      { what: "Docker", ok: true, found: `engine ${engine.version}`, needed },
      {
        what: "base image",
        ok: true,
        found:
          image === undefined ? `${BASE_IMAGE} will be pulled at the first run` : `${BASE_IMAGE} is there`,
        needed,
      },
      await iptables(),
    ];
  } catch (error) {
    return [
      {
        what: "Docker",
        ok: false,
        found: describeError(error),
        repair: "install and start Docker to run real stores; simulated runs work without it",
        needed,
      },
      await iptables(),
    ];
  }
}

/** Docker needs it on its own host; partitions use it in the containers, whose images bring it along. */
function iptables(): Promise<Finding> {
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  return new Promise((resolve) => {
    execFile("iptables", ["--version"], { env }, (error, stdout) => {
      resolve(
        error === null
          ? { what: "iptables", ok: true, found: stdout.trim(), needed: false }
          : {
              what: "iptables",
              ok: false,
              found: "not found on this machine",
              repair: "install iptables where the Docker engine runs (Debian: apt-get install iptables)",
              needed: false,
            },
      );
    });
  });
}
