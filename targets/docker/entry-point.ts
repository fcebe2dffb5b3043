import { type TarFile, tarOf } from "./tar.ts";

const SCRIPT = "assay-network.sh";

/**
 * The command of a node, behind a step that puts network rules in place before the store runs: a node that starts
 * again has a network namespace without rules, and must not slip through a partition meanwhile.
 */
export function behindNetworkScript(command: readonly string[]): string[] {
  return ["sh", "-c", `[ ! -e /${SCRIPT} ] || sh /${SCRIPT} || exit 1; exec "$@"`, "sh", ...command];
}

/** A tar to unpack at `/` of a node that is down: the script that runs when it starts. */
export function networkScriptTar(script: string): Buffer {
  const file: TarFile = { name: SCRIPT, content: Buffer.from(script), mode: 0o755 };
  return tarOf([file]);
}
