/** One word of a command line, and the shell variables in it that nobody here can fill in. */
export type ShellWord = { text: string; variables: string[] };
export type ShellWords = { ok: true; words: ShellWord[]; rest: string } | { ok: false; message: string };

const ESCAPES: Record<string, string> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "?": "?",
};
const ANSI = /\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|([\s\S]))/g;
const VARIABLE = /^\$(?:\{[^}]*\}|[A-Za-z_][A-Za-z0-9_]*|\([^)]*\))/;

const codePoint = (hex: string, radix = 16) => {
  const code = Number.parseInt(hex, radix);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
};

/** What `$'…'` stands for. */
const ansi = (text: string) =>
  text.replace(ANSI, (whole, x, u, wide, octal, one) => {
    if (x ?? u ?? wide) return codePoint(x ?? u ?? wide);
    if (octal) return codePoint(octal, 8);
    return ESCAPES[one] ?? whole;
  });

/**
 * Splits a command line into words as a POSIX shell would, without running anything of it: quotes, `$'…'`, escapes and
 * lines that go on after a backslash. What comes after the command (a pipe, a redirection, `;`) is `rest`.
 */
export function shellWords(line: string): ShellWords {
  const words: ShellWord[] = [];
  let word: ShellWord | null = null;
  let at = 0;
  const add = (text: string) => {
    word ??= { text: "", variables: [] };
    word.text += text;
  };
  const end = () => {
    if (word) words.push(word);
    word = null;
  };
  const variable = (): boolean => {
    const found = VARIABLE.exec(line.slice(at))?.[0];
    if (!found) return false;
    add(found);
    (word as unknown as ShellWord).variables.push(found);
    at += found.length;
    return true;
  };
  while (at < line.length) {
    const rest = line.slice(at);
    const char = line[at] as string;
    const goesOn = /^\\\r?\n/.exec(rest)?.[0];
    if (goesOn) {
      at += goesOn.length;
    } else if (/\s/.test(char)) {
      end();
      at++;
      // A line break ends a command, unless nothing but space follows.
      if (char === "\n" && words.length > 0 && line.slice(at).trim() !== "") {
        return { ok: true, words, rest: line.slice(at).trim() };
      }
    } else if (char === "'" || rest.startsWith("$'")) {
      const plain = char === "'";
      const quoted = plain ? /^'([^']*)'/.exec(rest) : /^\$'((?:[^'\\]|\\[\s\S])*)'/.exec(rest);
      if (!quoted) return { ok: false, message: "A single quote is not closed." };
      add(plain ? (quoted[1] as string) : ansi(quoted[1] as string));
      at += quoted[0].length;
    } else if (char === '"') {
      add("");
      at++;
      while (line[at] !== '"') {
        if (at >= line.length) return { ok: false, message: "A double quote is not closed." };
        const escaped = /^\\(?:(\r?\n)|(["\\$`]))/.exec(line.slice(at));
        if (escaped) {
          add(escaped[2] ?? "");
          at += escaped[0].length;
        } else if (line[at] !== "$" || !variable()) {
          add(line[at++] as string);
        }
      }
      at++;
    } else if (char === "\\") {
      add(line[at + 1] ?? "");
      at += 2;
    } else if (/[|;&<>]/.test(char)) {
      end();
      return { ok: true, words, rest };
    } else if (char === "#" && !word) {
      end();
      const comment = /^[^\n]*/.exec(rest)?.[0] ?? "";
      at += comment.length;
    } else if (char !== "$" || !variable()) {
      add(char);
      at++;
    }
  }
  end();
  return { ok: true, words, rest: "" };
}
