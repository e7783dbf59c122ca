import type { RouteFieldsInput } from "#lib/contract/route.ts";
import type { ImportTarget } from "../schema.ts";
import { listAt, member, objectAt, textAt } from "./json.ts";
import { type Notes, Unusable } from "./notes.ts";
import type { RoutePath } from "./path-template.ts";
import { down } from "./pointer.ts";
import type { Source } from "./source.ts";

export type Server = { url: string; description: string; problem: string | null };

/** The base addresses that the document names, variables filled in with their defaults. */
export function readServers(source: Source, notes: Notes): Server[] {
  return listAt(source.root, "servers")
    .slice(0, 50)
    .map((server, index) => {
      const at = down("/servers", index);
      const variables = objectAt(server, "variables");
      for (const name of Object.keys(variables)) {
        notes.add("Server variable", down(down(at, "variables"), name), `'${name}' is fixed to its default`);
      }
      const url = (textAt(server, "url") ?? "").replace(/\{([^{}]*)\}/g, (whole, name: string) =>
        String(member(member(variables, name), "default") ?? whole),
      );
      return {
        url: url.slice(0, 2_048),
        description: textAt(server, "description")?.slice(0, 200) ?? "",
        problem: serverProblem(url),
      };
    });
}

/** Why an address cannot be where requests are passed on to; null when it can. */
export function serverProblem(url: string): string | null {
  const parsed = URL.parse(url);
  if (parsed === null) return "is not a whole address";
  if (!["http:", "https:"].includes(parsed.protocol)) return "is not http or https";
  if (parsed.username || parsed.password) return "holds credentials";
  if (/[{}]/.test(url)) return "has a variable without a default";
  return parsed.search || parsed.hash ? "has a query or a fragment" : null;
}

/** What is taken when nobody chose: the first server that can be passed on to, else a function per operation. */
export function suggestedTarget(servers: readonly Server[]): ImportTarget {
  const usable = servers.find(({ problem }) => problem === null);
  return usable ? { type: "http", url: usable.url } : { type: "function-per-operation" };
}

const FUNCTION_NAME_LENGTH = 63;

/** `getUserById` as the function `get-user-by-id`. */
export function functionNameOf(words: string): string {
  const name = words
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, FUNCTION_NAME_LENGTH)
    .replace(/-+$/, "");
  return name || "operation";
}

/** Where one operation's requests go. */
export function targetFor(
  choice: ImportTarget,
  { path, trailingSlash }: RoutePath,
  operation: { operationId: string | null; method: string },
  pointer: string,
): RouteFieldsInput["target"] {
  if (choice.type === "function") return { type: "function", function: choice.function };
  if (choice.type === "function-per-operation") {
    const words = operation.operationId ?? `${operation.method} ${path}`;
    return { type: "function", function: functionNameOf(words) };
  }
  const url = `${choice.url.replace(/\/+$/, "")}${path}${trailingSlash ? "/" : ""}`;
  if (url.length > 2_048)
    throw new Unusable(pointer, "the upstream's address is longer than 2,048 characters");
  return { type: "http", url };
}
