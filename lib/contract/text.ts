import { z } from "zod";

/** Control characters, among them NUL (which PostgreSQL cannot store) and lone surrogates (which are not UTF-8). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above, but line breaks and tabs are text here
const UNPRINTABLE_IN_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** What turns the direction of the text behind it, so that a name reads as another, also outside its own place. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/;
/** Characters that show nothing: a name of only these cannot be seen or pressed. */
const INVISIBLE = /^[\p{Cf}\p{Z}\u115f\u1160\u2800\u3164\uffa0]+$/u;

/** One line of text for people: trimmed, `min`–`max` UTF-16 units, nothing unprintable. */
export const line = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(min, min === 1 ? "is required" : `needs at least ${min} characters`)
    .max(max, `is longer than ${max} characters`)
    .refine(
      (text) => !UNPRINTABLE.test(text) && !TURNING.test(text) && text.isWellFormed(),
      "has a control character",
    )
    .refine((text) => !INVISIBLE.test(text), "has no visible character");

/** Text that is taken exactly as it is: `min`–`max` UTF-16 units, nothing unprintable. */
export const printable = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((text) => !UNPRINTABLE.test(text) && text.isWellFormed(), "has a control character");

/** Text of several lines, up to `max` UTF-16 units. */
export const paragraph = (max: number) =>
  z
    .string()
    .max(max, `is longer than ${max} characters`)
    .refine((text) => !UNPRINTABLE_IN_LINES.test(text) && text.isWellFormed(), "has a control character");
