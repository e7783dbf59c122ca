import { FunctionError, type FunctionsHost } from "#data-plane/functions-host/index.ts";
import { readHandlerResult } from "#lib/contract/handler-result.ts";
import { type AllowedExchange, answer, answerError } from "../exchange.ts";
import { HeaderLines } from "../header-lines.ts";
import { outgoingHeaders } from "../policies/outgoing.ts";

export type FunctionCall = { function: string; timeoutMs: number; event: object };

/** Calls a handler and answers with what it returned: 504 when it took too long, 502 when it failed. */
export async function answerFromFunction(
  exchange: AllowedExchange,
  functions: FunctionsHost,
  call: FunctionCall,
): Promise<void> {
  const { tenant, route, key, requestId, res } = exchange;
  const gone = new AbortController();
  const onClose = () => gone.abort();
  res.once("close", onClose);
  const context = {
    requestId,
    tenantId: tenant.id,
    tenant: tenant.slug,
    routeId: route.id,
    revision: tenant.number,
    apiKeyId: key?.id ?? null,
  };
  let returned: unknown;
  try {
    returned = await functions.run(call.function, call.event, context, call.timeoutMs, gone.signal);
  } catch (error) {
    const { name, message } = error as Error;
    exchange.targetError = { name, message: message.slice(0, 500) };
    const timedOut = error instanceof FunctionError && error.kind === "timeout";
    if (timedOut) answerError(exchange, "target_timeout", "The function did not answer in time.");
    else answerError(exchange, "target_error", "The function failed.");
    return;
  } finally {
    res.off("close", onClose);
  }
  answerFromResult(exchange, returned);
}

/** Answers with what a handler returned, wherever it ran; 502 when that is no answer. */
export function answerFromResult(exchange: AllowedExchange, returned: unknown): void {
  const result = readHandlerResult(returned);
  if (!result.ok) {
    exchange.targetError = { name: "BadResult", message: result.message };
    answerError(exchange, "target_error", "The function's answer is not a valid response.");
    return;
  }
  const { statusCode, headers, body, isBase64Encoded } = result.answer;
  const sent = outgoingHeaders(exchange, headers);
  const { recorder } = exchange;
  const bytes = isBase64Encoded || recorder ? Buffer.from(body, isBase64Encoded ? "base64" : "utf8") : body;
  if (recorder) {
    recorder.begin({ status: statusCode, said: headers, sent, length: bytes.length });
    recorder.add(bytes as Buffer);
    recorder.end();
  }
  answer(exchange, statusCode, HeaderLines.of(sent), bytes);
}
