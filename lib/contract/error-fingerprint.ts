type ErrorBrief = { name: string; message: string };

/** Longer messages say the same at their beginning, and the expressions below need a bound. */
const FINGERPRINTED_CHARACTERS = 500;

/**
 * What differs from one occurrence of an error to the next and says nothing about its cause, in the order in which
 * it is taken out. What tells causes apart stays: an HTTP status, a code such as E1001 as far as its letters.
 */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<n>"],
  [
    /\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\b)?/g,
    "<time>",
  ],
  [/"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|«[^»]*»/g, "<text>"],
  // An address of the web keeps its host: which service was away is the cause.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)(?:[^\s/@?#]{1,100}@)?([^\s/?#]{1,200})[^\s]*/gi, "$1$2/<path>"],
  [/[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, "<email>"],
  [/(?:[A-Za-z]:)?(?:[\\/][\w.@%+~-]+){2,}[\\/]?/g, "<path>"],
  // With :: or with all its eight parts, so that a time of day is not taken for an IPv6 address.
  [
    /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){0,6}:(?::?[0-9a-f]{1,4}){1,7}(?![\w:])/gi,
    "<n>",
  ],
  [/(?<![A-Za-z0-9])(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{8,}(?![A-Za-z0-9])/gi, "<n>"],
  // Letters and digits in turn: a ULID, a nanoid, a short hash, but also 30s and 10MB.
  [/(?<![A-Za-z0-9])[A-Za-z]*\d+[A-Za-z][A-Za-z0-9]*(?![A-Za-z0-9])/g, "<n>"],
  [/\d+(?:[.,:]\d+)*/g, "<n>"],
  [/<n>(?:[-_.:]<n>)+/g, "<n>"],
  [/\s+/g, " "],
];
/** `status 503`, `HTTP 404`, `code: 500`: three digits that are the cause. */
const STATUS = /\b(status(?: code)?|https?(?:\/\d(?:\.\d)?)?|code)([ :=]{1,3})([1-5])(\d)(\d)(?!\d)/gi;
/** Digits that are kept are written as letters meanwhile. */
const KEPT = "ABCDEFGHIJ";
const asLetters = (digits: string): string => [...digits].map((digit) => KEPT[Number(digit)]).join("");

/** A message with everything taken out that varies from one occurrence to the next. */
export function normalizeMessage(message: string): string {
  const begun = message
    .slice(0, FINGERPRINTED_CHARACTERS)
    .replace(
      STATUS,
      (_, word: string, _between: string, ...digits: string[]) =>
        `${word} #${asLetters(digits.slice(0, 3).join(""))}`,
    );
  return VARYING.reduce((text, [pattern, stand]) => text.replace(pattern, stand), begun).trim();
}

/** FNV-1a, 64 bits, over UTF-16 code units, as 16 hex digits. Groups errors; protects nothing. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

/**
 * 16 hex digits that are the same for errors with the same cause: same name, same message but for numbers, ids,
 * times, paths and quoted text. An upstream that is away kills jobs of many functions and is one group, so the
 * function only counts where the message says nothing. The stack does not count: it changes with every deployment.
 */
export function errorFingerprint(functionName: string, error: ErrorBrief): string {
  const message = normalizeMessage(error.message);
  return fnv1a(
    /[\p{L}]/u.test(message.replace(/<\w+>/g, ""))
      ? `${error.name}\n${message}`
      : `${error.name}\n${message}\n${functionName}`,
  );
}
