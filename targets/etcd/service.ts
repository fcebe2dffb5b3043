import type { OptionValues } from "../../harness/ports/index.ts";
import type { DockerService, Member } from "../docker/index.ts";
import { isAnswer, post } from "./gateway.ts";
import { readRequest } from "./requests.ts";

const CLIENT_PORT = 2379;
const PEER_PORT = 2380;
const DATA_PATH = "/var/lib/etcd";

/** etcd in containers: a cluster whose members know each other from the start. */
export function etcdService(options: OptionValues): DockerService {
  const { ports } = options;
  return {
    image: { name: "assay-etcd", files: [new URL("./Dockerfile", import.meta.url)] },
    clientPort: CLIENT_PORT,
    dataPath: DATA_PATH,
    ...(ports === "free" ? {} : { basePort: Number(ports) }),
    command: (member, members) => [
      "etcd",
      `--name=${member.name}`,
      // Not the volume's own directory: etcd wants one that only it may read.
      `--data-dir=${DATA_PATH}/data`,
      `--listen-client-urls=http://0.0.0.0:${CLIENT_PORT}`,
      `--advertise-client-urls=http://${member.ip}:${CLIENT_PORT}`,
      `--listen-peer-urls=http://0.0.0.0:${PEER_PORT}`,
      `--initial-advertise-peer-urls=${peerUrl(member)}`,
      `--initial-cluster=${members.map((each) => `${each.name}=${peerUrl(each)}`).join(",")}`,
      "--initial-cluster-state=new",
      `--heartbeat-interval=${options["heartbeat-interval-ms"]}`,
      `--election-timeout=${options["election-timeout-ms"]}`,
    ],
    ready: isReady,
    versions: async (members, signal) => ({ etcd: await serverVersion(members[0] as Member, signal) }),
  };
}

/** Healthy as it says itself, and able to answer a read with the agreement of a majority. */
async function isReady({ name, port }: Member, signal: AbortSignal): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { signal });
  const health = await response.text();
  if (!response.ok) throw new Error(`unhealthy: ${health.trim()}`);
  const { path, body } = readRequest(undefined, { serializable: false });
  await post({ node: name, port }, path, body, signal);
}

async function serverVersion({ port }: Member, signal: AbortSignal): Promise<string> {
  const version: unknown = await (await fetch(`http://127.0.0.1:${port}/version`, { signal })).json();
  const { etcdserver } = isAnswer(version) ? version : {};
  return typeof etcdserver === "string" ? etcdserver : "unknown";
}

function peerUrl(member: Member): string {
  return `http://${member.ip}:${PEER_PORT}`;
}
