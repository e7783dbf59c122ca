/** A handler's answer, checked and in one form. Header names are as the handler wrote them. */
export type HandlerAnswer = {
  statusCode: number;
  headers: [name: string, value: string][];
  body: string;
  isBase64Encoded: boolean;
};
export type HandlerResult = { ok: true; answer: HandlerAnswer } | { ok: false; message: string };

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const JSON_TYPE = "application/json";

const fail = (message: string): HandlerResult => ({ ok: false, message });
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads what a handler returned: `{statusCode, headers?, multiValueHeaders?, cookies?, body?, isBase64Encoded?}`,
 * or any other object or array, which is a 200 with JSON. Everything else is nonsense, and `message` says why.
 */
export function readHandlerResult(returned: unknown): HandlerResult {
  if (typeof returned !== "object" || returned === null) {
    return fail("returned neither a response nor an object");
  }
  if (!isRecord(returned) || !("statusCode" in returned)) {
    const headers: [string, string][] = [["Content-Type", JSON_TYPE]];
    const body = JSON.stringify(returned);
    return { ok: true, answer: { statusCode: 200, headers, body, isBase64Encoded: false } };
  }
  const { statusCode, headers, multiValueHeaders, cookies, body, isBase64Encoded } = returned;
  if (!Number.isInteger(statusCode) || (statusCode as number) < 200 || (statusCode as number) > 599) {
    return fail("returned a statusCode that is not a whole number from 200 to 599");
  }
  if (body !== undefined && body !== null && typeof body !== "string") {
    return fail("returned a body that is not a string");
  }
  const list: [string, string][] = [];
  const add = (name: string, value: unknown): boolean => {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return false;
    if (!TOKEN.test(name) || !VALUE.test(String(value))) return false;
    list.push([name, String(value)]);
    return true;
  };
  const many = isRecord(multiValueHeaders) ? multiValueHeaders : {};
  const inMany = new Set(Object.keys(many).map((name) => name.toLowerCase()));
  if (headers !== undefined && headers !== null && !isRecord(headers)) {
    return fail("returned headers that are not an object");
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!inMany.has(name.toLowerCase()) && !add(name, value)) return fail(`returned a bad header '${name}'`);
  }
  for (const [name, values] of Object.entries(many)) {
    const all = Array.isArray(values) ? values : [values];
    for (const value of all) if (!add(name, value)) return fail(`returned a bad header '${name}'`);
  }
  for (const cookie of Array.isArray(cookies) ? cookies : []) {
    if (!add("Set-Cookie", cookie)) return fail("returned a bad cookie");
  }
  const text = body ?? "";
  if (text !== "" && !list.some(([name]) => name.toLowerCase() === "content-type")) {
    list.push(["Content-Type", JSON_TYPE]);
  }
  return {
    ok: true,
    answer: {
      statusCode: statusCode as number,
      headers: list,
      body: text,
      isBase64Encoded: isBase64Encoded === true,
    },
  };
}
