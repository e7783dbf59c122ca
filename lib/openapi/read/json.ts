/** A JSON object as a stranger wrote it: ask `Object.hasOwn` or `member` before believing a name. */
export type JsonObject = { [name: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A member that the object has itself, never one of its prototype. */
export const member = (object: unknown, name: string): unknown =>
  isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;

export const objectAt = (object: unknown, name: string): JsonObject => {
  const value = member(object, name);
  return isObject(value) ? value : {};
};

export const listAt = (object: unknown, name: string): unknown[] => {
  const value = member(object, name);
  return Array.isArray(value) ? value : [];
};

export const textAt = (object: unknown, name: string): string | undefined => {
  const value = member(object, name);
  return typeof value === "string" ? value : undefined;
};
