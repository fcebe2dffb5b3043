import { Readable } from "node:stream";
import type Docker from "dockerode";
import type { ContainerSpec, Engine, Labelled } from "./engine.ts";
import { dockerUnavailable, EngineError, engineErrorOf, tolerate } from "./engine-error.ts";
import { withoutFrames } from "./log-frames.ts";
import { progressOf } from "./progress.ts";

/**
 * Connects to the engine that DOCKER_HOST names, or to the one at the default socket, and asks for its version.
 * Errors: `EnvironmentError` `docker-unavailable`.
 */
export async function connectEngine(): Promise<Engine> {
  try {
    // Loaded where it is used: it is a third of what every other command would take to start.
    const { default: Dockerode } = await import("dockerode");
    const docker = new Dockerode();
    const { Version: version } = await docker.version();
    return engineOver(docker, version);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw dockerUnavailable(code, error);
  }
}

function engineOver(docker: Docker, version: string): Engine {
  return {
    version,

    imageId: (reference) =>
      absentWhenMissing(
        attempt(`look for image ${reference}`, async () => (await docker.getImage(reference).inspect()).Id),
      ),
    async pullImage(reference, signal) {
      const pull = async () => progressOf(await docker.pull(reference, { abortSignal: signal }));
      const { error } = await attempt(`pull image ${reference}`, pull, signal);
      if (error !== undefined) throw new Error(error);
    },
    buildImage(reference, context, signal) {
      const options = { t: reference, forcerm: true, abortSignal: signal };
      const build = async () => progressOf(await docker.buildImage(Readable.from([context]), options));
      return attempt(`build image ${reference}`, build, signal);
    },

    async createNetwork({ name, labels, subnet, gateway }) {
      await attempt(`create network ${name}`, () =>
        docker.createNetwork({
          Name: name,
          Labels: { ...labels },
          Driver: "bridge",
          CheckDuplicate: true,
          IPAM: { Driver: "default", Config: [{ Subnet: subnet, Gateway: gateway }] },
        }),
      );
    },
    async createVolume(name, labels) {
      await attempt(`create volume ${name}`, () =>
        docker.createVolume({ Name: name, Labels: { ...labels } }),
      );
    },
    async createContainer(container) {
      await attempt(`create container ${container.name}`, () =>
        docker.createContainer(createOptions(container)),
      );
    },

    startContainer: (name) => doing(`start container ${name}`, () => docker.getContainer(name).start()),
    killContainer: (name) =>
      doing(`kill container ${name}`, () => docker.getContainer(name).kill({ signal: "SIGKILL" })),
    pauseContainer: (name) => doing(`pause container ${name}`, () => docker.getContainer(name).pause()),
    unpauseContainer: (name) => doing(`unpause container ${name}`, () => docker.getContainer(name).unpause()),
    async containerState(name) {
      const { State: state } = await attempt(`inspect container ${name}`, () =>
        docker.getContainer(name).inspect(),
      );
      return { running: state.Running, paused: state.Paused, exitCode: state.ExitCode };
    },
    waitForExit: (name) =>
      attempt(`wait for container ${name}`, async () => {
        const { StatusCode: exitCode }: { StatusCode: number } = await docker.getContainer(name).wait();
        return exitCode;
      }),
    exec: (name, command) =>
      attempt(`run ${command[0]} in container ${name}`, async () => {
        const exec = await docker
          .getContainer(name)
          .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
        const chunks: Buffer[] = [];
        for await (const chunk of await exec.start({})) chunks.push(Buffer.from(chunk));
        const output = withoutFrames(Buffer.concat(chunks)).toString();
        return { exitCode: await exitCodeOf(exec), output };
      }),
    async unpack(name, directory, tar) {
      await attempt(`copy files into container ${name}`, () =>
        docker.getContainer(name).putArchive(tar, { path: directory }),
      );
    },
    logs: (name, tailLines) =>
      attempt(`read the log of container ${name}`, async () =>
        withoutFrames(
          await docker
            .getContainer(name)
            .logs({ stdout: true, stderr: true, ...(tailLines === undefined ? {} : { tail: tailLines }) }),
        ),
      ),

    labelled: (label, value) =>
      attempt(`list what is labelled ${label}`, () =>
        listLabelled(docker, value === undefined ? label : `${label}=${value}`),
      ),
    async removeContainer(name) {
      const container = docker.getContainer(name);
      const remove = () =>
        doing(`remove container ${name}`, () => container.remove({ force: true, v: true }));
      if (await tolerate(remove(), 409)) return;
      // Another one is removing it, and it holds on to its network and its volume until that is done.
      const removed = () =>
        doing(`wait for the removal of container ${name}`, () => container.wait({ condition: "removed" }));
      await tolerate(removed(), 404);
    },
    removeNetwork: (name) => doing(`remove network ${name}`, () => docker.getNetwork(name).remove()),
    removeVolume: (name) =>
      doing(`remove volume ${name}`, () => docker.getVolume(name).remove({ force: true })),
  };
}

async function attempt<T>(doing: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // A call that was given up looks like a lost connection.
    signal?.throwIfAborted();
    throw engineErrorOf(doing, error);
  }
}

async function doing(what: string, call: () => Promise<unknown>): Promise<void> {
  await attempt(what, call);
}

async function absentWhenMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined;
    throw error;
  }
}

/** The engine closes the output a moment before it knows the exit code. */
async function exitCodeOf(exec: Docker.Exec): Promise<number> {
  for (;;) {
    const { Running: running, ExitCode: exitCode } = await exec.inspect();
    if (!running && exitCode !== null) return exitCode;
  }
}

function createOptions(container: ContainerSpec): Docker.ContainerCreateOptions {
  const { network, volume, publish } = container;
  const port = publish === undefined ? undefined : `${publish.containerPort}/tcp`;
  const ownNetwork = "name" in network ? network : undefined;
  return {
    name: container.name,
    Labels: { ...container.labels },
    Image: container.image,
    // An empty entry point takes away the image's, so that the command is the whole command.
    Entrypoint: [],
    Cmd: [...container.command],
    Env: Object.entries(container.env).map(([name, value]) => `${name}=${value}`),
    ...(container.hostname === undefined ? {} : { Hostname: container.hostname }),
    ...(port === undefined ? {} : { ExposedPorts: { [port]: {} } }),
    HostConfig: {
      CapAdd: [...container.capabilities],
      NetworkMode: "name" in network ? network.name : `container:${network.sharedWith}`,
      ...(volume === undefined ? {} : { Binds: [`${volume.name}:${volume.path}`] }),
      ...(publish === undefined || port === undefined
        ? {}
        : { PortBindings: { [port]: [{ HostIp: "127.0.0.1", HostPort: String(publish.hostPort) }] } }),
    },
    ...(ownNetwork === undefined
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: { [ownNetwork.name]: { IPAMConfig: { IPv4Address: ownNetwork.ip } } },
          },
        }),
  };
}

async function listLabelled(docker: Docker, label: string): Promise<Labelled> {
  const filters = { label: [label] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return {
    containers: containers.map((container) => ({
      name: container.Names[0]?.replace(/^\//, "") ?? container.Id,
      labels: container.Labels,
    })),
    networks: networks.map((network) => ({ name: network.Name, labels: network.Labels ?? {} })),
    volumes: (volumes.Volumes ?? []).map((volume) => ({ name: volume.Name, labels: volume.Labels ?? {} })),
  };
}
