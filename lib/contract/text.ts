import { z } from "zod";

/** Control characters, among them NUL (which PostgreSQL cannot store) and lone surrogates (which are not UTF-8). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above, but line breaks and tabs are text here
const UNPRINTABLE_IN_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** One line of text for people: trimmed, `min`–`max` UTF-16 units, nothing unprintable. */
export const line = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(min, min === 1 ? "is required" : `needs at least ${min} characters`)
    .max(max, `is longer than ${max} characters`)
    .refine((text) => !UNPRINTABLE.test(text) && text.isWellFormed(), "has a control character");

/** Text of several lines, up to `max` UTF-16 units. */
export const paragraph = (max: number) =>
  z
    .string()
    .max(max, `is longer than ${max} characters`)
    .refine((text) => !UNPRINTABLE_IN_LINES.test(text) && text.isWellFormed(), "has a control character");
