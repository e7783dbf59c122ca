import type { RouteFieldsInput } from "#lib/contract/route.ts";
import { isObject, listAt, member, objectAt, textAt } from "./json.ts";
import { type Notes, Unusable } from "./notes.ts";
import { down } from "./pointer.ts";
import { resolve } from "./resolve.ts";
import type { Source } from "./source.ts";

type AuthInput = NonNullable<RouteFieldsInput["auth"]>;
const HTTP_BEARER = /^bearer$/i;

function schemeAuth(source: Source, name: string, scopes: string[]): AuthInput | string {
  const schemes = objectAt(objectAt(source.root, "components"), "securitySchemes");
  const given = member(schemes, name);
  if (given === undefined) return "is not among the document's security schemes";
  const { value } = resolve(source, given, down("/components/securitySchemes", name));
  const type = textAt(value, "type");
  if (type === "apiKey") {
    const where = textAt(value, "in");
    const header = textAt(value, "name") ?? "";
    if (where === "header" && header.toLowerCase() === "x-api-key") return { mode: "api-key" };
    return `takes an API key from the ${where ?? "?"} '${header.slice(0, 80)}'; this gateway reads the header X-Api-Key only`;
  }
  const bearer = type === "oauth2" || type === "openIdConnect";
  if (bearer || (type === "http" && HTTP_BEARER.test(textAt(value, "scheme") ?? ""))) {
    return { mode: "bearer", requiredScopes: scopes };
  }
  const scheme = type === "http" ? `http ${textAt(value, "scheme") ?? ""}`.trim() : (type ?? "unknown");
  return `is of the type ${scheme.slice(0, 80)}, which this gateway does not check`;
}

/** One alternative: every scheme in it is asked for. The gateway asks for one of them. */
function alternativeAuth(
  source: Source,
  requirement: unknown,
  pointer: string,
  notes: Notes,
): AuthInput | null {
  if (!isObject(requirement)) throw new Unusable(pointer, "is not a security requirement");
  let chosen: AuthInput | null = null;
  for (const name of Object.keys(requirement)) {
    const scopes = listAt(requirement, name).filter((scope) => typeof scope === "string");
    const at = down(pointer, name);
    const auth = schemeAuth(source, name, [...new Set(scopes)]);
    if (typeof auth === "string") notes.add("Security scheme", at, `'${name}' ${auth}`);
    else if (chosen)
      notes.add("Security scheme", at, `'${name}' is asked for as well; one scheme is checked here`);
    else chosen = auth;
  }
  return chosen;
}

/**
 * Who may call, from a list of alternatives. `null` when the document does not say. An empty list and the empty
 * requirement alone mean everybody. When nothing in the list is understood, an API key is asked for: a route never
 * becomes public because its scheme is unknown here.
 */
export function readSecurity(
  source: Source,
  operation: unknown,
  pointer: string,
  notes: Notes,
): AuthInput | null {
  const own = member(operation, "security") !== undefined;
  const security = own ? member(operation, "security") : member(source.root, "security");
  if (security === undefined) return null;
  const at = own ? down(pointer, "security") : "/security";
  if (!Array.isArray(security)) throw new Unusable(at, "must be a list");
  if (security.every((one) => isObject(one) && Object.keys(one).length === 0)) return { mode: "none" };
  let chosen: AuthInput | null = null;
  for (const [index, requirement] of security.entries()) {
    const here = down(at, index);
    if (isObject(requirement) && Object.keys(requirement).length === 0) {
      notes.add("Optional security", here, "callers without credentials are refused here");
      continue;
    }
    if (chosen) {
      const names = isObject(requirement) ? Object.keys(requirement).slice(0, 5).join(" and ") : "";
      notes.add("Other security", here, `the alternative ${names} is not offered: a route has one way in`);
      continue;
    }
    chosen = alternativeAuth(source, requirement, here, notes);
  }
  if (chosen) return chosen;
  notes.add(
    "Security not understood",
    at,
    "nothing in it is checked here, so an API key is asked for instead",
  );
  return { mode: "api-key" };
}
