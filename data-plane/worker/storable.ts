/** Colours and other instructions to a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const TERMINAL = /\u001b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,2000}(?:\u0007|\u001b\\)|[@-Z\\^_])/g;
/** What no page can show, and what would show other text in another order than it is written. */
const UNSHOWABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of a handler as it is stored and shown: PostgreSQL cannot take NUL or half a surrogate pair out of a JSON
 * document again, and nobody can read a terminal's colours on a page.
 */
export const storable = (text: string): string =>
  text.replace(TERMINAL, "").replace(UNSHOWABLE, "\ufffd").toWellFormed();
