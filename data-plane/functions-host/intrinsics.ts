/*
 * Objects of the language that all code of a thread shares. A handler that changes one of them would change what the
 * next request meets, so a thread whose shared objects are not as they were after loading is not used again. What
 * modules and globalThis keep stays, as handlers expect it to. Looked at after every call, so it has to be quick:
 * what is added by assignment shows when one enumerates, which costs next to nothing.
 */
const SHARED: object[] = [
  Object.prototype,
  Function.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Date.prototype,
  RegExp.prototype,
  Error.prototype,
  Promise.prototype,
  Map.prototype,
  Set.prototype,
  JSON,
  Math,
];
/** What is read most, and so most worth replacing. */
const WATCHED: readonly (readonly [object, string])[] = [
  [JSON, "stringify"],
  [JSON, "parse"],
  [Math, "random"],
  [Date, "now"],
  [Object, "keys"],
  [Object, "entries"],
  [Object, "assign"],
  [Object.prototype, "toString"],
  [Object.prototype, "hasOwnProperty"],
  [Array, "isArray"],
  [Array.prototype, "map"],
  [Array.prototype, "filter"],
  [Array.prototype, "push"],
  [Array.prototype, "join"],
  [Array.prototype, "forEach"],
  [String.prototype, "replace"],
  [String.prototype, "split"],
  [String.prototype, "toLowerCase"],
  [RegExp.prototype, "exec"],
  [RegExp.prototype, "test"],
  [Promise, "all"],
  [Promise.prototype, "then"],
  [Map.prototype, "get"],
  [Map.prototype, "set"],
  [globalThis, "fetch"],
  [globalThis, "setTimeout"],
  [globalThis, "Date"],
  [globalThis, "Promise"],
  [globalThis, "JSON"],
  [globalThis, "Object"],
  [globalThis, "Array"],
  [globalThis, "Buffer"],
  [globalThis, "console"],
  [console, "log"],
  [console, "error"],
];

type Look = { added: number; values: unknown[] };

const read = ([owner, name]: readonly [object, string]) => (owner as Record<string, unknown>)[name];

function added(): number {
  let count = 0;
  for (const each of SHARED) for (const _name in each) count++;
  return count;
}

/** How the shared objects are now. */
export const lookAtShared = (): Look => ({ added: added(), values: WATCHED.map(read) });

/** Whether they are as they were. */
export const sharedIsAsBefore = (before: Look): boolean =>
  added() === before.added && WATCHED.every((each, index) => read(each) === before.values[index]);
