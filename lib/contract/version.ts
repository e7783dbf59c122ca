import type { CompiledRoute } from "./compiled-route.ts";
import type { VersionGroup } from "./matcher.ts";

export type VersionChoice =
  | { kind: "chosen"; route: CompiledRoute }
  | { kind: "version_required" | "unsupported_version"; message: string };

/** A group's versions, newest first. ISO dates sort as text. */
export function versionsOf(group: VersionGroup): string[] {
  return group.versions ? [...group.versions.keys()].sort().reverse() : [];
}

/** The routes of a group, newest version first and the one without a version last. */
export function routesOf(group: VersionGroup): CompiledRoute[] {
  const routes = versionsOf(group).map((version) => group.versions?.get(version) as CompiledRoute);
  return group.plain ? [...routes, group.plain] : routes;
}

/**
 * Chooses by `X-Api-Version` among routes that share method and path. A route without a version answers callers
 * that name none. Routes without any version do not look at the header.
 */
export function chooseVersion(group: VersionGroup, requested: string | undefined): VersionChoice {
  if (group.versions === null) return { kind: "chosen", route: group.plain as CompiledRoute };
  if (requested === undefined && group.plain) return { kind: "chosen", route: group.plain };
  const route = requested === undefined ? undefined : group.versions.get(requested);
  if (route) return { kind: "chosen", route };
  const listed = versionsOf(group)
    .map((version, index) => (index === 0 ? `${version} (latest)` : version))
    .join(", ");
  return requested === undefined
    ? { kind: "version_required", message: `Send X-Api-Version with one of: ${listed}.` }
    : {
        kind: "unsupported_version",
        message: `This X-Api-Version is not supported. Send one of: ${listed}.`,
      };
}
