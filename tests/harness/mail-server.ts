import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

/** A mail server as far as sending takes one; `mails` are the messages as they came. */
export async function mailServer(): Promise<{
  server: Server;
  url: string;
  mails: string[];
  envelopes: string[];
}> {
  const mails: string[] = [];
  const envelopes: string[] = [];
  const server = createServer((socket) => {
    let buffer = "";
    let inData = false;
    socket.write("220 mail.example ESMTP\r\n");
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      buffer += chunk.toString("utf8");
      for (;;) {
        const end = buffer.indexOf(inData ? "\r\n.\r\n" : "\r\n");
        if (end === -1) return;
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + (inData ? 5 : 2));
        if (inData) {
          mails.push(text);
          inData = false;
          socket.write("250 kept\r\n");
        } else if (text === "DATA") {
          inData = true;
          socket.write("354 go on\r\n");
        } else if (text === "QUIT") {
          socket.end("221 bye\r\n");
        } else {
          if (/^(MAIL|RCPT)/.test(text)) envelopes.push(text);
          socket.write("250 ok\r\n");
        }
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails, envelopes };
}
