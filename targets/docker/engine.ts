/**
 * What assay asks of a Docker engine, and nothing more. Containers, networks and volumes go by their names.
 *
 * Every method raises an {@link import("./engine-error.ts").EngineError} where the engine refuses, with the HTTP
 * status it gave, and an `EnvironmentError` `docker-unavailable` where no engine answers.
 */
export interface Engine {
  /** The version of the engine. */
  readonly version: string;

  /** The id of an image, or nothing where the engine does not have it. */
  imageId(reference: string): Promise<string | undefined>;
  pullImage(reference: string, signal: AbortSignal): Promise<void>;
  /** Builds an image from a tar of its build context. */
  buildImage(reference: string, context: Buffer, signal: AbortSignal): Promise<BuildResult>;

  createNetwork(network: NetworkSpec): Promise<void>;
  createVolume(name: string, labels: Labels): Promise<void>;
  createContainer(container: ContainerSpec): Promise<void>;

  startContainer(name: string): Promise<void>;
  /** SIGKILL. */
  killContainer(name: string): Promise<void>;
  pauseContainer(name: string): Promise<void>;
  unpauseContainer(name: string): Promise<void>;
  containerState(name: string): Promise<ContainerState>;
  /** Waits until a container runs no more; its exit code. */
  waitForExit(name: string): Promise<number>;
  /** Runs a command in a running container that is not paused. */
  exec(name: string, command: readonly string[]): Promise<CommandResult>;
  /** Unpacks a tar into a directory of a container, whether it runs or not. */
  unpack(name: string, directory: string, tar: Buffer): Promise<void>;
  /** What a container wrote to stdout and stderr, all of it or the last lines. */
  logs(name: string, tailLines?: number): Promise<Buffer>;

  /** Everything with a label, or with a label of that value. */
  labelled(label: string, value?: string): Promise<Labelled>;
  /** Removes a container, whatever state it is in. */
  removeContainer(name: string): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  removeVolume(name: string): Promise<void>;
}

export type Labels = Readonly<Record<string, string>>;

export interface BuildResult {
  /** What the engine says went wrong; absent where the image was built. */
  readonly error?: string;
  readonly outputLines: readonly string[];
}

interface NetworkSpec {
  readonly name: string;
  readonly labels: Labels;
  readonly subnet: string;
  readonly gateway: string;
}

export interface ContainerSpec {
  readonly name: string;
  readonly labels: Labels;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: Labels;
  readonly capabilities: readonly string[];
  /** A network and this container's address in it, or another container whose network it shares. */
  readonly network: { readonly name: string; readonly ip: string } | { readonly sharedWith: string };
  readonly hostname?: string;
  readonly volume?: { readonly name: string; readonly path: string };
  /** A port of the container, published on 127.0.0.1. */
  readonly publish?: { readonly containerPort: number; readonly hostPort: number };
}

export interface ContainerState {
  /** True also while it is paused. */
  readonly running: boolean;
  readonly paused: boolean;
  /** Of the last time it ran. */
  readonly exitCode: number;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

export interface LabelledResource {
  readonly name: string;
  readonly labels: Labels;
}

export interface Labelled {
  readonly containers: readonly LabelledResource[];
  readonly networks: readonly LabelledResource[];
  readonly volumes: readonly LabelledResource[];
}
