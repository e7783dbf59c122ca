import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The yardstick: the least that a node:http server can do. Prints its address. */
const server = createServer((_request, response) => {
  response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": 5 });
  response.end("hello");
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
