import { isObject } from "./json.ts";

/** One step further down in a JSON pointer (RFC 6901). */
export const down = (pointer: string, token: string | number): string =>
  `${pointer}/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** How an error names a place of the document. */
export const place = (pointer: string): string => `document#${pointer}`;

/** The steps of a pointer, or null when it is none: `~` must be followed by 0 or 1. */
export function tokensOf(pointer: string): string[] | null {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What a pointer points at; undefined when there is nothing. Only own members and whole indexes count. */
export function valueAt(root: unknown, tokens: readonly string[]): unknown {
  let value = root;
  for (const token of tokens) {
    if (Array.isArray(value)) {
      if (!/^(0|[1-9]\d{0,8})$/.test(token)) return undefined;
      value = value[Number(token)];
    } else if (isObject(value) && Object.hasOwn(value, token)) value = value[token];
    else return undefined;
  }
  return value;
}

/** The pointer in a local reference such as `#/components/schemas/Pet`; null when it is not such a reference. */
export function pointerOf(ref: string): string | null {
  if (ref !== "#" && !ref.startsWith("#/")) return null;
  try {
    const pointer = decodeURIComponent(ref.slice(1));
    return tokensOf(pointer) ? pointer : null;
  } catch {
    return null; // a stray % or bytes that are not UTF-8
  }
}
