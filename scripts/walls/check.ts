import path from "node:path";
import { type Graph, type Import, readGraph } from "./graph.ts";
import { COMMON, FURTHER_DOORS, ROOMS, SLICE_DOORS, TESTS, WALLS, type Wall } from "./rules.ts";

/** Rooms where a module may be named while running: what they load is somebody else's code. */
const COMPUTED_IMPORTS = [
  "data-plane/functions-host/**",
  "scripts/**",
  "tests/**",
  "**/*.test.{ts,tsx}",
  "bench/**",
];

/**
 * Every broken wall below `root`, one sentence each, with file and line. `minimums` says how many modules each room
 * holds at least; seeing fewer is a violation too, since a check that looks at nothing finds nothing.
 */
export async function checkWalls(
  root: string,
  minimums: Record<string, number> = ROOMS,
): Promise<{ modules: number; violations: string[] }> {
  const graph = await readGraph(root);
  return {
    modules: graph.modules.length,
    violations: [
      ...unseen(graph, minimums),
      ...graph.imports.flatMap((found) => WALLS.flatMap((wall) => judge(wall, found))),
      ...graph.imports.flatMap(insides),
      ...graph.imports.flatMap(computed),
    ],
  };
}

function unseen({ modules }: Graph, minimums: Record<string, number>): string[] {
  const counts = new Map<string, number>();
  const violations: string[] = [];
  for (const module of modules) {
    const room = module.includes("/") ? (module.split("/")[0] ?? "") : undefined;
    if (room === undefined) continue; // the tools' settings, at the root
    if (!(room in ROOMS)) violations.push(`${module}: stands in no room of docs/architecture.md`);
    counts.set(room, (counts.get(room) ?? 0) + 1);
  }
  for (const [room, least] of Object.entries(minimums)) {
    const seen = counts.get(room) ?? 0;
    if (seen < least)
      violations.push(`${room}: only ${seen} modules seen, there should be at least ${least}`);
  }
  return violations;
}

function judge(wall: Wall, found: Import): string[] {
  if (!matches(found.from, wall.from) || (wall.except && matches(found.from, wall.except))) return [];
  const { target } = found;
  const broken =
    target.kind === "module"
      ? (wall.may && !matches(target.path, wall.may)) || (wall.mayNot && matches(target.path, wall.mayNot))
      : target.kind === "package"
        ? (wall.packages && !names(target.name, wall.packages)) ||
          (wall.packagesNot && names(target.name, wall.packagesNot))
        : false;
  return broken ? [`${found.from}:${found.line}: imports ${found.specifier}, but ${wall.says}`] : [];
}

/** A slice of lib is entered through its doors. */
function insides(found: Import): string[] {
  if (found.target.kind !== "module" || matches(found.from, TESTS)) return [];
  const slice = sliceOf(found.target.path);
  if (!slice || slice === sliceOf(found.from)) return [];
  const rest = found.target.path.slice(`lib/${slice}/`.length);
  if (SLICE_DOORS.includes(rest) || FURTHER_DOORS.includes(found.target.path)) return [];
  const doors = SLICE_DOORS.map((door) => door.replace(".ts", "")).join(", ");
  return [
    `${found.from}:${found.line}: imports ${found.specifier}, but lib/${slice} is entered through ${doors}`,
  ];
}

function sliceOf(module: string): string | undefined {
  const [room, folder, ...rest] = module.split("/");
  if (room !== "lib" || !folder || rest.length === 0 || COMMON.includes(folder)) return undefined;
  return folder;
}

function computed(found: Import): string[] {
  if (found.target.kind !== "unknown" || matches(found.from, COMPUTED_IMPORTS)) return [];
  return [`${found.from}:${found.line}: imports a name made while running, which no wall can judge`];
}

const matches = (file: string, patterns: string[]) =>
  patterns.some((pattern) => path.matchesGlob(file, pattern));

const names = (name: string, list: string[]) =>
  list.includes(name) || (name.startsWith("node:") && list.includes("node:*"));
