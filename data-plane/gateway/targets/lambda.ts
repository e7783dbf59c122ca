import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Dispatcher } from "undici";
import type { Target } from "#lib/contract/route.ts";
import { type AllowedExchange, answerError } from "../exchange.ts";
import { answerFromResult } from "./function.ts";
import { lambdaTransport } from "./lambda-transport.ts";

type LambdaTarget = Extract<Target, { type: "lambda" }>;

/** As many regions and endpoints as an installation plausibly has; a client more or less costs little. */
const MAX_CLIENTS = 200;

/**
 * Clients of AWS Lambda, one per region and endpoint. Credentials come from the installation's own chain (variables,
 * profile, role), never from a tenant. The SDK is loaded with the first call.
 */
export function createLambdas(connections: Dispatcher) {
  const clients = new Map<string, Promise<LambdaClient>>();

  async function make({ region, endpoint }: LambdaTarget): Promise<LambdaClient> {
    const { LambdaClient } = await import("@aws-sdk/client-lambda");
    return new LambdaClient({
      ...(region === null ? {} : { region }),
      ...(endpoint === null ? {} : { endpoint }),
      // A call that may have had its effect is not made a second time behind the caller's back.
      maxAttempts: 1,
      requestHandler: lambdaTransport(connections),
    });
  }

  return {
    client(target: LambdaTarget): Promise<LambdaClient> {
      const id = `${target.region} ${target.endpoint}`;
      let client = clients.get(id);
      if (!client) {
        if (clients.size >= MAX_CLIENTS) clients.delete(clients.keys().next().value as string);
        client = make(target);
        clients.set(id, client);
      }
      return client;
    },
  };
}
export type Lambdas = ReturnType<typeof createLambdas>;

const isTimeout = (error: unknown, signal: AbortSignal) =>
  signal.aborted && (signal.reason as Error | undefined)?.name === "TimeoutError" && error !== undefined;

/** Invokes an AWS Lambda function and answers with what it returned: 504 when it took too long, 502 when it failed. */
export async function answerFromLambda(
  exchange: AllowedExchange,
  lambdas: Lambdas,
  target: LambdaTarget,
  event: object,
): Promise<void> {
  const gone = new AbortController();
  const onClose = () => gone.abort();
  exchange.res.once("close", onClose);
  const timeout = AbortSignal.timeout(target.timeoutMs);
  let returned: unknown;
  try {
    const [client, { InvokeCommand }] = await Promise.all([
      lambdas.client(target),
      import("@aws-sdk/client-lambda"),
    ]);
    const invoke = new InvokeCommand({
      FunctionName: target.functionName,
      InvocationType: "RequestResponse",
      Payload: Buffer.from(JSON.stringify(event)),
    });
    const answer = await client.send(invoke, { abortSignal: AbortSignal.any([timeout, gone.signal]) });
    const payload = Buffer.from(answer.Payload ?? []).toString("utf8");
    if (answer.FunctionError) {
      const { errorType, errorMessage } = readError(payload);
      exchange.targetError = { name: errorType, message: errorMessage.slice(0, 500) };
      return answerError(exchange, "target_error", "The function failed.");
    }
    returned = payload === "" ? null : JSON.parse(payload);
  } catch (error) {
    const { name, message } = error as Error;
    exchange.targetError = { name, message: message.slice(0, 500) };
    if (isTimeout(error, timeout)) {
      return answerError(exchange, "target_timeout", "The function did not answer in time.");
    }
    return answerError(exchange, "target_error", "The function could not be called.");
  } finally {
    exchange.res.off("close", onClose);
  }
  return answerFromResult(exchange, returned);
}

function readError(payload: string): { errorType: string; errorMessage: string } {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as Record<string, unknown>;
    return { errorType: String(errorType ?? "Error"), errorMessage: String(errorMessage ?? "") };
  } catch {
    return { errorType: "Error", errorMessage: "" };
  }
}
