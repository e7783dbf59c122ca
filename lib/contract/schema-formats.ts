import { fullFormats } from "ajv-formats/dist/formats.js";
import { linearPattern } from "./schema-structure.ts";

type Check = (text: string) => boolean;

/** Formats over text, with the longest text that each is tried on: their expressions are no more than quadratic. */
const TEXT_FORMATS: Record<string, number> = {
  date: 32,
  time: 64,
  "date-time": 64,
  duration: 128,
  email: 320,
  hostname: 255,
  ipv4: 15,
  ipv6: 45,
  uri: 4_096,
  "uri-reference": 4_096,
  uuid: 45,
  "json-pointer": 4_096,
  "relative-json-pointer": 4_096,
};

function textFormat(name: string, longest: number): Check {
  const format = fullFormats[name as keyof typeof fullFormats] as unknown;
  const check = (
    format instanceof RegExp
      ? (text: string) => format.test(text)
      : typeof format === "function"
        ? format
        : (format as { validate: Check }).validate
  ) as Check;
  return (text) => text.length <= longest && check(text);
}

const isNumber = (value: unknown): value is number => typeof value === "number";

/** Every format that a schema may name, over values of any type: it says nothing about the types that it is not for. */
export const FORMATS: ReadonlyMap<string, (value: unknown) => boolean> = new Map<
  string,
  (value: unknown) => boolean
>([
  ...Object.entries({
    ...Object.fromEntries(
      Object.entries(TEXT_FORMATS).map(([name, longest]) => [name, textFormat(name, longest)]),
    ),
    regex: (text: string) => linearPattern(text).ok,
    byte: (text: string) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  }).map(
    ([name, check]) =>
      [name, (value: unknown) => typeof value !== "string" || check(value)] as [
        string,
        (value: unknown) => boolean,
      ],
  ),
  ["int32", (value) => !isNumber(value) || value === (value | 0)],
  ["int64", (value) => !isNumber(value) || Number.isInteger(value)],
  ["float", () => true],
  ["double", () => true],
  ["password", () => true],
  ["binary", () => true],
]);
