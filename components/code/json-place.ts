import { jsonLanguage } from "@codemirror/lang-json";

export type Place = { from: number; to: number };

const VALUES = new Set(["Object", "Array", "String", "Number", "True", "False", "Null"]);

/** The parts of a path written `/a/b/0`, `a.b.0` or `a.b[0]`. */
export function pathParts(path: string): string[] {
  if (path.startsWith("/")) {
    return path
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  return path.replaceAll("[", ".").replaceAll("]", "").split(".").filter(Boolean);
}

function nameIn(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Where in a JSON text the value at `path` stands, or as much of the way to it as there is. Never throws. */
export function placeInJson(text: string, path: string): Place {
  let node = jsonLanguage.parser.parse(text).topNode.firstChild;
  let place: Place = { from: 0, to: Math.min(text.length, 1) };
  for (const part of pathParts(path)) {
    if (node?.name === "Object") {
      const hit = node.getChildren("Property").find((property) => {
        const name = property.getChild("PropertyName");
        return name !== null && nameIn(text.slice(name.from, name.to)) === part;
      });
      const name = hit?.getChild("PropertyName");
      if (!hit || !name) break;
      place = { from: name.from, to: name.to };
      node = hit.lastChild;
    } else if (node?.name === "Array") {
      const items = [];
      for (let child = node.firstChild; child; child = child.nextSibling) {
        if (VALUES.has(child.name)) items.push(child);
      }
      node = items[Number(part)] ?? null;
      if (!node) break;
      place = { from: node.from, to: node.to };
    } else break;
  }
  return place;
}
