/** What needs no escaping in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** JSON in ASCII, so that a character is a byte. */
export const asciiJson = (value: unknown): string => JSON.stringify(value).replace(/[^ -~]/g, escaped);

/** A text as JSON in ASCII. Nearly all need no look at each character. */
export const asciiJsonText = (text: string): string => (PLAIN.test(text) ? `"${text}"` : asciiJson(text));
