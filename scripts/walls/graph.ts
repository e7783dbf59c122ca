// biome-ignore-all lint/correctness/noComponentHookFactories: the capital names are kinds of syntax, not components.
import { glob, readFile } from "node:fs/promises";
import path from "node:path";
import { parseSync, Visitor } from "oxc-parser";

/** One import as a module writes it, and what it reaches. */
export type Import = {
  from: string;
  specifier: string;
  line: number;
  target:
    | { kind: "module"; path: string }
    | { kind: "package"; name: string }
    /** Computed while running, so nobody can say beforehand what it reaches. */
    | { kind: "unknown" };
};

export type Graph = { modules: string[]; imports: Import[] };

const SOURCES = "**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}";
const OUTSIDE = ["node_modules", ".next", ".data", ".git", "test-results", "playwright-report"];

/** Every module below `root` and every import in it. @throws Error on a file that does not parse. */
export async function readGraph(root: string): Promise<Graph> {
  const aliases = await readAliases(root);
  const modules: string[] = [];
  for await (const file of glob(SOURCES, { cwd: root, exclude: (name) => OUTSIDE.includes(name) })) {
    // Generated code is checked by whoever generates it; that others stay out of it is checked by their imports.
    if (!file.startsWith("lib/db/generated/") && file !== "next-env.d.ts") modules.push(file);
  }
  modules.sort();
  const known = new Set(modules);
  const imports: Import[] = [];
  for (const module of modules) {
    for (const found of importsOf(module, await readFile(path.join(root, module), "utf8"))) {
      imports.push({ ...found, from: module, target: resolve(module, found.specifier, aliases, known) });
    }
  }
  return { modules, imports };
}

type Found = { specifier: string; line: number };

function importsOf(file: string, source: string): Found[] {
  const { program, errors } = parseSync(file, source);
  const [error] = errors;
  if (error) throw new Error(`${file} does not parse: ${error.message}`);
  const found: Found[] = [];
  const note = (node: { start: number }, specifier: string) =>
    found.push({ specifier, line: source.slice(0, node.start).split("\n").length });
  const noteExpression = (node: { start: number }, argument: unknown) => {
    const literal = argument as { type?: string; value?: unknown } | undefined;
    note(node, literal?.type === "Literal" && typeof literal.value === "string" ? literal.value : "");
  };
  new Visitor({
    ImportDeclaration: (node) => note(node, node.source.value),
    ExportNamedDeclaration: (node) => node.source && note(node, node.source.value),
    ExportAllDeclaration: (node) => note(node, node.source.value),
    ImportExpression: (node) => noteExpression(node, node.source),
    TSImportType: (node) => note(node, node.source.value),
    CallExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "require") {
        noteExpression(node, node.arguments[0]);
      }
    },
  }).visit(program);
  return found;
}

function resolve(
  from: string,
  specifier: string,
  aliases: Map<string, string>,
  known: Set<string>,
): Import["target"] {
  if (specifier === "") return { kind: "unknown" };
  let inside: string | undefined;
  if (specifier.startsWith(".")) inside = path.posix.join(path.posix.dirname(from), specifier);
  for (const [prefix, folder] of aliases) {
    if (specifier.startsWith(prefix)) inside = folder + specifier.slice(prefix.length);
  }
  if (inside === undefined) {
    if (specifier.startsWith("node:")) return { kind: "package", name: specifier };
    const parts = specifier.split("/");
    return { kind: "package", name: parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/") };
  }
  // The ending may be left out where Next resolves it; the walls are about the file either way.
  const endings = ["", ".ts", ".tsx", "/index.ts", "/index.tsx"];
  const file = endings.map((ending) => inside + ending).find((candidate) => known.has(candidate));
  return { kind: "module", path: file ?? inside };
}

/** The aliases of package.json: `#lib/` is `lib/`, and so on. */
async function readAliases(root: string): Promise<Map<string, string>> {
  const { imports = {} } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  return new Map(
    Object.entries(imports as Record<string, string>).map(([alias, target]) => [
      alias.replace(/\*$/, ""),
      target.replace(/^\.\//, "").replace(/\*$/, ""),
    ]),
  );
}
