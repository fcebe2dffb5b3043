import { ClientError, type RealTarget } from "../../harness/ports/index.ts";
import { startDockerCluster } from "../docker/index.ts";
import { etcdClient } from "./client.ts";
import { withClusterId } from "./cluster-id.ts";
import type { Endpoint } from "./gateway.ts";
import { etcdOptions } from "./options.ts";
import { primariesAmong } from "./primaries.ts";
import { etcdService } from "./service.ts";

/** etcd 3.4, one container a node, as Debian packages it. */
export const etcd: RealTarget = {
  name: "etcd",
  description: "etcd 3.4: a replicated key-value store on Raft, in Docker containers",
  environment: "docker",
  time: "real",
  defaultNodes: 3,
  options: etcdOptions,
  operations: ["read", "write", "cas"],
  capabilities: ["kill", "pause", "partition"],
  async start(setup) {
    const { reads } = setup.options;
    const cluster = await startDockerCluster(setup, etcdService(setup.options));
    const nodes = [...cluster.members.values()].map(({ name, port }): Endpoint => ({ node: name, port }));
    const endpoints = await withClusterId(nodes, setup);
    const serializable = reads === "serializable";
    return {
      ...cluster,
      async openClient(node) {
        const endpoint = endpoints.find((each) => each.node === node);
        if (endpoint === undefined) {
          throw new ClientError({ code: "no-node", message: `there is no node ${node}`, definite: true });
        }
        return etcdClient(endpoint, { serializable });
      },
      primaries: () => primariesAmong(endpoints, setup.clock),
    };
  },
};
