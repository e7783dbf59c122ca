import { MASK, SECRET_NAME } from "./secret-names.ts";

/**
 * Secrets in what people and libraries write: `token: abc`, `password = "a b"`, `Authorization: Bearer …`, an address
 * with a password in it. A name alone does not make a secret of what follows ("token: expired"), so the value is looked at.
 */

/** Text without any of this holds nothing to hide, and most lines of a log are such. */
export const MAY_HIDE = /[={["':]|\b(?:bearer|basic)\s|\beyJ/i;

const SCHEME = "bearer|basic|digest|token|apikey|negotiate|ntlm|hawk|aws4-hmac-sha256";
const SEPARATOR = "\\\\*[\"'`]?[ \\t]{0,4}(?:=>|:=|[:=])[ \\t]{0,4}";

/** What follows a secret's name and says what is wrong with it. */
const WORDS = `
  null undefined none nil empty yes no true false not missing required optional invalid expired revoked unknown
  rejected denied refused failed failure incorrect wrong mismatch malformed unexpected expected unauthorized
  forbidden disabled unsupported unavailable unreachable unable cannot could should would connect connection
  request response timeout timed status error exception object string number array value length character
  characters minimum maximum already before after because contains signature verification authentication
  authorization please network socket attempts redacted hidden masked`
  .trim()
  .split(/\s+/);
const ORDINARY = new Set(WORDS);

/** A name and what stands between it and its value; a search must go on behind it, where the next name may be. */
const NAMED = new RegExp(`(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]+)(${SEPARATOR})`, "g");
/** A value in any quotes, whose own may be escaped, or one run, which a scheme may stand before. */
const VALUE = new RegExp(
  `(\\\\*["'\`])((?:(?!\\1)(?:\\\\[^]|[^\\\\\\n]))*)|((?:${SCHEME})[ \\t]+)?([^\\s"'\`]+)`,
  "iy",
);
/** The rest of a header that is a list: of cookies, of a signature's parts. */
const LISTED = /^[ \t]*(?:[;,][ \t]*[\w.-]+(?:=[^\s;,]*)?)+/;
/** `Bearer …` without a name before it. A challenge (`Bearer realm="api"`) is none. */
const BEARER = /\b(bearer|basic)([ \t]+)([\w.~+/-]{6,}=*)(?![\w"'=])/gi;
const JWT = /\beyJ[\w-]{6,}\.[\w-]{2,}(?:\.[\w-]*)*/g;
/** `scheme://user:password@host`. */
const USERINFO = /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:?#"']{0,100}:)[^\s/@"']+@/gi;

const WORD = /^(?:[A-Za-z]?[a-z]+(?:-[a-z]+)*|[A-Z]{2,8})$/;
/** A class of errors, which a message follows and no value. */
const NAMES_AN_ERROR = /(?:error|exception|failure|failed|warning)$/i;
/** A line of a stack, or a port: `token.ts:12:5`, `token-service:8080`. */
const PLACE = /^\d{1,5}(?::\d{1,5})?(?:[/?#].*)?$/;
const HAS_PLACES =
  /(?:\.(?:[cm]?[jt]sx?|py|rb|go|java|kt|rs|php|cs|com|net|org|io|dev|app|example|internal|local|test)|service|svc|server|host|api|db|proxy|manager|provider|vault)$/i;

/** Whether what stands behind a secret's name is the secret, and not a sentence about it. */
function isValue(core: string, after: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(core) || ORDINARY.has(core.toLowerCase())) return false;
  if (!WORD.test(core)) return true;
  return core.length >= 6 || !/^[ \t]+[A-Za-z]/.test(after);
}

/** The text with its secrets replaced, their names kept. `hides` says whether what has this name is hidden. */
export function hideInProse(text: string, hides: (name: string) => boolean): string {
  let shown = "";
  let from = 0;
  for (const { index, 0: whole, 1: name = "", 2: separator = "" } of text.matchAll(NAMED)) {
    if (index < from || NAMES_AN_ERROR.test(name) || !hides(name)) continue;
    const start = index + whole.length;
    VALUE.lastIndex = start;
    const [value = "", quote, quoted, scheme = "", run = ""] = VALUE.exec(text) ?? [];
    if (quoted === "" || value === "") continue;
    let end = start + value.length;
    if (quote === undefined) {
      const core = run.replace(/[.,;:!?)\]}>]+$/, "");
      // `name=value` has been dealt with before, and what is hidden is not hidden again with what follows it.
      if (separator === "=" && run.startsWith(MASK)) continue;
      if (separator === ":" && HAS_PLACES.test(name) && PLACE.test(core)) continue;
      end -= run.length - core.length;
      if (!isValue(core, text.slice(end, end + 8))) continue;
      if (scheme !== "" || /cookie$/i.test(name)) end += LISTED.exec(text.slice(end))?.[0].length ?? 0;
    }
    shown += `${text.slice(from, start)}${quote ?? ""}${MASK}`;
    from = end;
  }
  return (shown + text.slice(from))
    .replace(BEARER, (all, scheme: string, space: string, value: string) =>
      WORD.test(value.replace(/[.]+$/, "")) && value.length < 24 ? all : `${scheme}${space}${MASK}`,
    )
    .replace(JWT, MASK)
    .replace(USERINFO, `$1${MASK}@`);
}

/**
 * What a search of errors must not compare: at least what {@link hideInProse} hides. Expressions that JavaScript and
 * PostgreSQL read alike, regardless of case; each stands for what its first group leaves of it.
 */
export const UNSEARCHED: readonly string[] = [
  `([A-Za-z0-9_.-]*(?:${SECRET_NAME})[A-Za-z0-9_.-]*${SEPARATOR})(?!(?:${WORDS.join("|")})(?![A-Za-z0-9]))` +
    `(?:(?:${SCHEME})[ \\t]+)?(?:"[^"]*"|'[^']*'|\`[^\`]*\`|\\S+)`,
  "((?:bearer|basic)[ \\t]+)\\S{6,}",
  "()eyJ\\S+",
  "([a-z][a-z0-9+.-]{1,20}://[^\\s/@:]{0,100}:)[^\\s/@]+@",
];
