import { Readable } from "node:stream";
import { type Dispatcher, request } from "undici";

/** The part of a request of the AWS SDK that says where it goes and what it carries. */
type SdkRequest = {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
};
type SdkResponse = { statusCode: number; headers: Record<string, string>; body: Readable };

function addressOf({ protocol, hostname, port, path, query }: SdkRequest): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value ?? ""]) search.append(name, one);
  }
  const suffix = search.size > 0 ? `?${search}` : "";
  return `${protocol}//${hostname}${port ? `:${port}` : ""}${path}${suffix}`;
}

/**
 * Sends what the AWS SDK signed over the gateway's own connections, which judge each address before they connect:
 * an endpoint is something that a tenant can set.
 */
export function lambdaTransport(connections: Dispatcher) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(
      sent: SdkRequest,
      options: { abortSignal?: unknown } = {},
    ): Promise<{ response: SdkResponse }> {
      const { statusCode, headers, body } = await request(addressOf(sent), {
        dispatcher: connections,
        method: sent.method as Dispatcher.HttpMethod,
        headers: sent.headers,
        body: sent.body ?? null,
        signal: (options.abortSignal as AbortSignal | undefined) ?? null,
      });
      const flat = Object.entries(headers).map(([name, value]) => [name, String(value)]);
      return { response: { statusCode, headers: Object.fromEntries(flat), body: Readable.from(body) } };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}
