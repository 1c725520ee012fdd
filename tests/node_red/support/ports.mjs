import { once } from "node:events";
import { createServer } from "node:net";

// Free at this moment. Whoever binds it tries again with another when it was taken meanwhile.
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

// Calls `start(port)` until it does not throw, with another port each time.
export async function onFreePort(start, attempts = 5) {
  for (;;) {
    const port = await freePort();
    try {
      return await start(port);
    } catch (error) {
      if (--attempts === 0 || !/in use|EADDRINUSE/i.test(error.message)) throw error;
    }
  }
}
