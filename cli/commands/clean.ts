import { relative, resolve } from "node:path";
import { ExitCode } from "../../harness/exit-codes.ts";
import { cleanLeftovers, connectEngine, describeRemoved } from "../../targets/docker/index.ts";
import { endLeftoverProcesses, type ProcessLeftovers } from "../../targets/process/index.ts";
import { command, jsonOption } from "../command.ts";
import type { Console } from "../console.ts";
import { runOptions } from "../run-options.ts";

export const clean = command({
  name: "clean",
  summary: "end the processes and remove the containers, networks and volumes that killed runs left behind",
  details: `Runs whose process is alive are left alone, unless --force. Processes of nodes are found by what the run folders
say of them; --out names the folder that these are in.`,
  arguments: [],
  options: {
    force: {
      flags: "--force",
      description: "end and remove everything that is assay's, also what a live run uses",
    },
    out: runOptions.out,
    ...jsonOption,
  },
  async run(_args, { force, out, json }, { console, cwd }) {
    // First, since it needs nothing: an engine that is not there must not keep them alive.
    const processes = endLeftoverProcesses(resolve(cwd, out), { force });
    if (!json) tellOfProcesses(processes, cwd, console);
    const leftovers = await cleanLeftovers(await connectEngine(), { force });
    if (json) {
      console.out(JSON.stringify({ ...leftovers, processes }, null, 2));
      return ExitCode.valid;
    }
    const nothing = leftovers.removed.length === 0 && processes.ended.length === 0;
    const removed = describeRemoved(leftovers.removed) ?? (nothing ? "nothing to remove" : undefined);
    if (removed !== undefined) console.out(removed);
    for (const { runId, reason } of leftovers.kept) console.out(`run ${runId} left alone: ${reason}`);
    return ExitCode.valid;
  },
});

function tellOfProcesses({ ended, kept }: ProcessLeftovers, cwd: string, { out }: Console): void {
  const shown = (folder: string) => relative(cwd, folder) || folder;
  for (const { folder, node, pid } of ended) out(`ended process ${pid}, ${node} of ${shown(folder)}`);
  for (const { folder, node, pid, reason } of kept) {
    out(`process ${pid}, ${node} of ${shown(folder)}, left alone: ${reason}`);
  }
}
