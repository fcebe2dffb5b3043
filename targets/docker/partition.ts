import { invariant } from "../../harness/errors.ts";
import type { DirectedLink, Effect, PartitionCapability } from "../../harness/ports/index.ts";
import { jointEffect, type NodeEffect } from "../node-effects.ts";
import { settleAll } from "../settle-all.ts";
import { countScript, dropScript, parseDropReport } from "./drop-rules.ts";
import type { Engine } from "./engine.ts";
import { networkScriptTar } from "./entry-point.ts";
import { runInNetworkOf } from "./network-namespace.ts";
import type { DockerNode } from "./node.ts";

/**
 * The links that are blocked now. What crosses a link is dropped where it arrives, by iptables in the receiver's
 * network namespace. Nodes that are down are remembered: their rules are in place before they run again.
 */
export class Partition implements PartitionCapability {
  readonly #engine: Engine;
  readonly #nodes: ReadonlyMap<string, DockerNode>;
  /** By receiver: the senders that it does not hear. */
  readonly #unheard = new Map<string, Set<string>>();
  /** Nodes whose container holds a script for their next start. */
  readonly #scripted = new Set<string>();
  #droppedPackets = 0;

  constructor(engine: Engine, nodes: ReadonlyMap<string, DockerNode>) {
    this.#engine = engine;
    this.#nodes = nodes;
  }

  async block(links: readonly DirectedLink[]): Promise<Effect> {
    // What an earlier partition left uncounted is not this one's effect.
    if (this.#unheard.size === 0) this.#droppedPackets = 0;
    const receivers = new Set(links.map((link) => link.to));
    for (const { from, to } of links) {
      invariant(this.#nodes.has(from) && from !== to, `no link from ${from} to ${to}`);
      this.#node(to);
      const senders = this.#unheard.get(to) ?? new Set();
      this.#unheard.set(to, senders.add(from));
    }
    const effects = await settleAll([...receivers].map((name) => this.#cutOff(this.#node(name))));
    return jointEffect(effects);
  }

  async heal(): Promise<Effect> {
    await settleAll(
      [...this.#unheard.keys()].map(async (name) => {
        await this.#run(this.#node(name), dropScript([]));
        this.#unheard.delete(name);
      }),
    );
    const dropped = this.#droppedPackets;
    this.#droppedPackets = 0;
    return { effective: dropped > 0, detail: `${dropped} packets dropped` };
  }

  /** Keeps the counters of a node that is about to lose its network namespace. */
  async beforeKill(node: DockerNode): Promise<void> {
    if (this.#unheard.has(node.name)) await this.#run(node, countScript());
  }

  /** Sees to it that a node that is down is cut off when it starts, where it must be. */
  async beforeStart(node: DockerNode): Promise<void> {
    const sources = this.#sourcesOf(node);
    if (sources.length === 0 && !this.#scripted.has(node.name)) return;
    await this.#engine.unpack(node.container, "/", networkScriptTar(dropScript(sources)));
    this.#scripted.add(node.name);
  }

  async #cutOff(node: DockerNode): Promise<NodeEffect> {
    const rules = await this.#run(node, dropScript(this.#sourcesOf(node)));
    const detail = rules === undefined ? "down, cut off when it starts" : `deaf to ${rules} of the nodes`;
    return { node: node.name, effective: false, detail };
  }

  /** The number of rules then in place; nothing where the node is down. */
  async #run(node: DockerNode, script: string): Promise<number | undefined> {
    const output = await runInNetworkOf(this.#engine, node, script);
    if (output === undefined) return undefined;
    const { droppedPackets, rules } = parseDropReport(output);
    this.#droppedPackets += droppedPackets;
    return rules;
  }

  #sourcesOf(node: DockerNode): string[] {
    return [...(this.#unheard.get(node.name) ?? [])].map((sender) => this.#node(sender).ip);
  }

  #node(name: string): DockerNode {
    const node = this.#nodes.get(name);
    invariant(node !== undefined, `there is no node ${name}`);
    return node;
  }
}
