/** GET /v1/hello: the smallest handler there is. A bare object is answered as 200 with JSON. */
export async function handler(event) {
  const name = event.queryStringParameters?.name ?? "world";
  return { message: `Hello, ${name}!`, tenant: event.requestContext?.tenant ?? null };
}
