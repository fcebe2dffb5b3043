import { ExitCode } from "../../harness/exit-codes.ts";
import { cleanLeftovers, connectEngine, describeRemoved } from "../../targets/docker/index.ts";
import { command, jsonOption } from "../command.ts";

export const clean = command({
  name: "clean",
  summary: "remove the containers, networks and volumes that killed runs left behind",
  details: "Runs whose process is alive are left alone, unless --force.",
  arguments: [],
  options: {
    force: {
      flags: "--force",
      description: "remove everything with assay's label, also what a live run uses",
    },
    ...jsonOption,
  },
  async run(_args, { force, json }, { console }) {
    const leftovers = await cleanLeftovers(await connectEngine(), { force });
    if (json) {
      console.out(JSON.stringify(leftovers, null, 2));
      return ExitCode.valid;
    }
    console.out(describeRemoved(leftovers.removed) ?? "nothing to remove");
    for (const { runId, reason } of leftovers.kept) console.out(`run ${runId} left alone: ${reason}`);
    return ExitCode.valid;
  },
});
