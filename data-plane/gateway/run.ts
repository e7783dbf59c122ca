import type { CompiledRoute } from "#lib/contract/compiled-route.ts";
import { refuse } from "#lib/contract/decision.ts";
import {
  type CheckRefusal,
  checkBody,
  checkHead,
  sizeRefusal,
  validatesBody,
} from "#lib/contract/request-checks.ts";
import { type Address, type AllowedExchange, answerError } from "./exchange.ts";
import type { Services } from "./handle.ts";
import { announcedLength, readBody } from "./policies/body.ts";
import { decodeBody } from "./policies/content-encoding.ts";
import { buildEvent } from "./targets/event-source.ts";
import { answerFromFunction } from "./targets/function.ts";
import { answerFromUpstream } from "./targets/http.ts";
import { answerJobStatus, answerWithJob } from "./targets/job.ts";
import { answerFromLambda } from "./targets/lambda.ts";

function refuseWith(exchange: AllowedExchange, { code, message, details, headers }: CheckRefusal): void {
  answerError(exchange, code, message, headers, details);
}

const checked = ({ req }: AllowedExchange, address: Address, bodyBytes: number, body: Buffer | null) => ({
  method: req.method as string,
  query: address.query,
  contentType: req.headers["content-type"],
  bodyBytes,
  body,
});

/** What a body says, without its Content-Encoding, or why it is refused before anybody looks at that. */
async function bodyToCheck(
  { req }: AllowedExchange,
  route: CompiledRoute,
  body: Buffer,
): Promise<Buffer | CheckRefusal> {
  const { maxBodyBytes } = route.route;
  const decoded = await decodeBody(body, req.headers["content-encoding"], maxBodyBytes);
  if (Buffer.isBuffer(decoded)) return decoded;
  if (decoded === "too_large") return sizeRefusal(route, maxBodyBytes + 1) as CheckRefusal;
  if (decoded === "malformed") {
    return refuse("bad_request", "The body is not what its Content-Encoding says.", route);
  }
  return refuse(
    "unsupported_media_type",
    "Send the body as it is, or with Content-Encoding gzip, deflate or br.",
    route,
  );
}

/** Takes a request that was let in through the rest of the contract's steps: body limit, validation, cache, target. */
export function run(
  exchange: AllowedExchange,
  address: Address,
  segments: readonly string[],
  services: Services,
): Promise<void> | void {
  const { route } = exchange;
  const { target } = route.route;
  const announced = announcedLength(exchange.req);
  // A body in chunks has a length that nobody knows yet; that there is one can be told.
  const bodyBytes = announced ?? 1;
  const early =
    sizeRefusal(route, announced ?? 0) ?? checkHead(route, checked(exchange, address, bodyBytes, null));
  if (early) return refuseWith(exchange, early);
  if (exchange.expectsContinue) {
    exchange.expectsContinue = false;
    exchange.res.writeContinue();
  }
  const streams = target.type === "http" && !validatesBody(route);
  // Nothing to wait for ahead of the target: each thing that is waited for costs every request.
  return streams && !route.route.cache
    ? reach(exchange, address, segments, null, services)
    : runWaiting(exchange, address, segments, streams, services);
}

async function runWaiting(
  exchange: AllowedExchange,
  address: Address,
  segments: readonly string[],
  streams: boolean,
  services: Services,
): Promise<void> {
  const { route } = exchange;
  const { maxBodyBytes } = route.route;
  const body = streams ? null : await readBody(exchange.req, maxBodyBytes);
  if (body === "aborted") return;
  if (body === "too_large") return refuseWith(exchange, sizeRefusal(route, maxBodyBytes + 1) as CheckRefusal);
  if (body && validatesBody(route)) {
    const decoded = await bodyToCheck(exchange, route, body);
    if (!Buffer.isBuffer(decoded)) return refuseWith(exchange, decoded);
    const refusal = checkBody(route, checked(exchange, address, decoded.length, decoded));
    if (refusal) return refuseWith(exchange, refusal);
  }
  if (route.route.cache && (await services.cache.serve(exchange, address))) return;
  try {
    await reach(exchange, address, segments, body, services);
  } finally {
    exchange.recorder?.discard();
  }
}

/** Hands the request to its target. A body of null is still to be read, by an upstream that takes it as it comes. */
function reach(
  exchange: AllowedExchange,
  address: Address,
  segments: readonly string[],
  body: Buffer | null,
  services: Services,
): Promise<void> {
  const { target } = exchange.route.route;
  const event = (format: "simple" | "aws-v2", withoutSecrets = false) =>
    buildEvent(exchange, address, segments, body ?? Buffer.alloc(0), { format, withoutSecrets });
  switch (target.type) {
    case "http": {
      const trusts = services.trustedProxies > 0;
      return answerFromUpstream(exchange, services.upstreams, target, address, segments, trusts, body);
    }
    case "function":
      return answerFromFunction(exchange, services.functions, {
        ...target,
        event: event(target.eventFormat),
      });
    case "lambda":
      return answerFromLambda(exchange, services.lambdas, target, event(target.eventFormat));
    case "job":
    case "pipeline":
      return answerWithJob(exchange, services.pool, target, event("simple", true));
    case "job-status":
      return answerJobStatus(exchange, services.pool, segments);
  }
}
