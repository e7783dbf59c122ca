import { isSecretName, PAIR } from "./secret-names.ts";
import { hideInProse, MAY_HIDE } from "./secret-text.ts";

/**
 * How a job's payload is found by a value in it: every leaf is a path and a value (`body.orderId=4711`), kept as 64
 * bits. Both planes compute them here: the data plane when a job is enqueued, the control plane when somebody looks.
 */

/** More of one payload are not kept: an index entry each. */
export const MAX_TERMS = 48;
/** Longer paths and values are not kept; nobody types them. */
export const MAX_TERM_PATH = 200;
export const MAX_TERM_VALUE = 128;
/** A larger body is not looked into: reading it would hold up the gateway. */
export const MAX_SEARCHED_BODY = 65_536;
const MAX_DEPTH = 12;
const MAX_VISITED = 2_000;

type Leaf = { path: string; value: string };

const hasSecret = (text: string) =>
  MAY_HIDE.test(text) &&
  ([...text.matchAll(PAIR)].some(([, name = ""]) => isSecretName(name)) ||
    hideInProse(text, isSecretName) !== text);

function leavesOf(root: unknown, prefix: string, leaves: Map<string, Leaf>): void {
  let visited = 0;
  const enough = () => leaves.size >= MAX_TERMS || visited > MAX_VISITED;
  const walk = (value: unknown, path: string, depth: number): void => {
    visited += 1;
    if (enough() || depth > MAX_DEPTH) return;
    if (Array.isArray(value)) {
      // An element stands at its list's own path, so that nobody need know its place.
      for (const element of value) {
        if (enough()) return;
        walk(element, path, depth + 1);
      }
    } else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        if (enough()) return;
        if (name.split(".").some(isSecretName)) continue;
        walk(member, path === "" ? name : `${path}.${name}`, depth + 1);
      }
    } else if (path !== "" && path.length <= MAX_TERM_PATH && value !== undefined) {
      const text = String(value);
      // JSON inside a text, and `token=…` inside one, may hold what is masked.
      if (text.length > MAX_TERM_VALUE || /^\s*[[{]/.test(text) || hasSecret(text)) return;
      const leaf = { path: path.toLowerCase(), value: text };
      leaves.set(`${leaf.path}=${text}`, leaf);
    }
  };
  walk(root, prefix, 0);
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string" || text.length > MAX_SEARCHED_BODY || !/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * The leaves of a payload by which it can be found, secrets left out. A route's job is looked for by what its request
 * said (body, path and query), any other by everything in its input.
 */
export function payloadLeaves(input: unknown, enqueuedBy: "route" | "handler"): Leaf[] {
  const leaves = new Map<string, Leaf>();
  if (enqueuedBy === "route" && typeof input === "object" && input !== null && "httpMethod" in input) {
    const event = input as Record<string, unknown>;
    const body = event.isBase64Encoded === true ? null : parsed(event.body);
    if (body !== null) leavesOf(body, "body", leaves);
    for (const part of ["pathParameters", "queryStringParameters"]) {
      if (event[part]) leavesOf(event[part], part, leaves);
    }
  } else {
    leavesOf(input, "", leaves);
  }
  return [...leaves.values()];
}

/** Two 32-bit halves, mixed as in cyrb53. It spreads well and protects nothing. */
function hash64(text: string): bigint {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return (BigInt(two >>> 0) << 32n) | BigInt(one >>> 0);
}

/** What stands for one leaf of one tenant's payloads, as PostgreSQL writes a bigint. */
export const termOf = (tenantId: string, path: string, value: string): string =>
  BigInt.asIntN(64, hash64(`${tenantId}\n${path.toLowerCase()}=${value}`)).toString();

/** The terms of a payload; none for one in which nothing can be looked for. Never throws. */
export function jobTerms(tenantId: string, input: unknown, enqueuedBy: "route" | "handler"): string[] {
  return payloadLeaves(input, enqueuedBy).map(({ path, value }) => termOf(tenantId, path, value));
}

/** What somebody asked for: a path, and the texts that its value may have been written as. */
export type PayloadQuestion = { path: string; values: string[] };

/** Reads `body.orderId=4711`. Gives what is wrong with it instead, as a text that goes behind the field's name. */
export function readPayloadQuestion(text: string): PayloadQuestion | string {
  const at = text.indexOf("=");
  const path = text
    .slice(0, Math.max(0, at))
    .trim()
    .replace(/^(input|payload)\./i, "")
    .replaceAll("[]", "")
    .replace(/\[\d+\]/g, "");
  let value = text.slice(at + 1).trim();
  if (at < 1 || path === "" || value === "") return "is written as path=value, such as body.orderId=4711";
  if (/^".*"$/.test(value)) {
    try {
      value = String(JSON.parse(value));
    } catch {
      // It only looks like JSON; it is text as it stands.
    }
  }
  if (path.length > MAX_TERM_PATH) return `has a path of more than ${MAX_TERM_PATH} characters`;
  if (value.length > MAX_TERM_VALUE) {
    return `has a value of more than ${MAX_TERM_VALUE} characters, and none so long is kept for searching`;
  }
  const secret = path.split(".").find(isSecretName);
  if (secret !== undefined) return `asks for “${secret}”, which is masked and cannot be searched`;
  const number = Number(value);
  const values = /^[-+.\deE]+$/.test(value) && Number.isFinite(number) ? [value, String(number)] : [value];
  return { path, values: [...new Set(values)] };
}
