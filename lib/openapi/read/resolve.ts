import { textAt } from "./json.ts";
import { Unusable } from "./notes.ts";
import { pointerOf, tokensOf, valueAt } from "./pointer.ts";
import type { Source } from "./source.ts";

export type Placed = { value: unknown; pointer: string };

/** Follows `$ref` to what it means, inside the document only. Throws Unusable for one that leads nowhere. */
export function resolve(source: Source, value: unknown, pointer: string): Placed {
  let here: Placed = { value, pointer };
  for (let steps = 0; steps < 100; steps++) {
    const ref = textAt(here.value, "$ref");
    if (ref === undefined) return here;
    const to = pointerOf(ref);
    const target = to === null ? undefined : valueAt(source.root, tokensOf(to) ?? []);
    if (to === null || target === undefined) {
      throw new Unusable(here.pointer, `refers to ${ref.slice(0, 200)}, which is not in the document`);
    }
    here = { value: target, pointer: to };
  }
  throw new Unusable(pointer, "refers on and on");
}
