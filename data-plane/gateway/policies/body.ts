import type { IncomingMessage } from "node:http";

export type BodyResult = Buffer | "too_large" | "aborted";

/** More bytes were sent than the route takes. */
export class BodyTooLarge extends Error {
  override name = "BodyTooLarge";
}

/** The announced length, or null when the body comes in chunks. Node's parser has refused what is not a number. */
export function announcedLength(request: IncomingMessage): number | null {
  const length = request.headers["content-length"];
  if (length !== undefined) return Number(length);
  return request.headers["transfer-encoding"] === undefined ? 0 : null;
}

/** Reads a whole body of at most `max` bytes. A body that announces more is not read at all. */
export function readBody(request: IncomingMessage, max: number): Promise<BodyResult> {
  const announced = announcedLength(request);
  if (announced === 0) return Promise.resolve(Buffer.alloc(0));
  if (announced !== null && announced > max) return Promise.resolve("too_large");
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const finish = (result: BodyResult) => {
      request.off("data", onData).off("end", onEnd).off("error", onAbort).off("close", onAbort);
      resolve(result);
    };
    const onData = (part: Buffer) => {
      size += part.length;
      if (size > max) finish("too_large");
      else parts.push(part);
    };
    const onEnd = () => finish(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, size));
    const onAbort = () => finish("aborted");
    request.on("data", onData).on("end", onEnd).on("error", onAbort).on("close", onAbort);
  });
}

/** The body piece by piece, for a target that takes it as it comes. Throws BodyTooLarge at the first byte over. */
export async function* limitedBody(request: IncomingMessage, max: number): AsyncGenerator<Buffer> {
  let size = 0;
  // Without this, leaving the loop early would take the connection along, and with it the answer.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    size += (part as Buffer).length;
    if (size > max) throw new BodyTooLarge();
    yield part as Buffer;
  }
}
