import { createServer } from "node:net";

/** While somebody else listens on a port of 127.0.0.1. */
export async function listening<T>(port: number, use: () => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  try {
    return await use();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
