import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { isFamousPhrase, withoutSeparators } from "./famous-phrases.ts";
import { whyNotLength } from "./rules.ts";

/** Whom the password is for: it must not be made of their name or address. */
export type PasswordOf = { email: string; name: string };

/**
 * How many guesses a new password must withstand, as a power of ten. At 30 ms each, which is what one costs whoever has
 * stolen the hashes, these take a year of one core; what can be guessed over the network is bounded long before.
 */
const FEWEST_GUESSES_LOG10 = 9;

/** The estimate's time grows with the square of the length: 48 characters cost at most 0.1 s, and tell enough. */
const LOOKED_AT = 48;

/** Without its separators, a password must have so much left to be judged by that. */
const FEWEST_LEFT = 6;

let kept: Promise<ZxcvbnFactory> | undefined;

/** Dictionaries of 50,000 stolen passwords and of words and names; 35 MB in memory, so nothing is loaded before it is needed. */
async function estimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  return new Factory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
    maxLength: LOOKED_AT,
  });
}

/** The words of somebody's name and address, whole and in parts, and the product's own name. */
function ownWords({ email, name }: PasswordOf): string[] {
  const [local = "", domain = ""] = email.toLowerCase().split("@");
  const parts = `${local} ${domain} ${name.toLowerCase()}`.split(/[^\p{L}\p{N}]+/u);
  return [...new Set(["gatehouse", email.toLowerCase(), local, domain, ...parts])].filter(
    (word) => word.length >= 3,
  );
}

const OWN = "This is made of your name, your address or “Gatehouse”, which is guessed first.";
const WORDS: Record<string, string> = {
  repeat: "This repeats itself, which is guessed early.",
  sequence: "This is a sequence such as abc or 4321, which is guessed early.",
  spatial: "These are neighbours on the keyboard, which are guessed early.",
};
const ADVICE =
  "Take four or more words that have nothing to do with each other, or let a password manager make it.";

/** "p a s s w o r d" is no harder than "password": what stands between one sign and the same one again counts as one. */
function readingsOf(text: string): string[] {
  const between = new Set(text.match(/[^\p{L}\p{N}]/gu));
  const plain = withoutSeparators(text);
  return between.size === 1 && plain.length >= FEWEST_LEFT ? [text, plain] : [text];
}

/**
 * Why somebody cannot have this password, in words for them; null when they can. Length counts and how many guesses it
 * takes, never which kinds of characters are in it. Asks nobody: the lists of stolen passwords are part of the console.
 */
export async function whyNotPassword(password: string, about: PasswordOf): Promise<string | null> {
  const length = whyNotLength(password);
  if (length) return length;
  const text = password.normalize("NFKC");
  if (isFamousPhrase(text)) return `Everybody knows these words, and they are guessed first. ${ADVICE}`;
  kept ??= estimator();
  const estimate = await kept;
  const words = ownWords(about);
  const readings = readingsOf(text).map((reading) => estimate.check(reading.slice(0, LOOKED_AT), words));
  const [easiest] = readings.toSorted((a, b) => a.guessesLog10 - b.guessesLog10);
  if (!easiest || easiest.guessesLog10 >= FEWEST_GUESSES_LOG10) return null;
  const { sequence } = easiest;
  const longest = sequence.toSorted((a, b) => b.token.length - a.token.length)[0];
  const dictionaries = sequence.map((match) => ("dictionaryName" in match ? match.dictionaryName : ""));
  if (dictionaries.includes("userInputs")) return `${OWN} ${ADVICE}`;
  if (longest && WORDS[longest.pattern]) return `${WORDS[longest.pattern]} ${ADVICE}`;
  if (dictionaries.includes("passwords-common")) {
    return `This is one of the passwords that were stolen elsewhere, or close to one. ${ADVICE}`;
  }
  return `This is too easy to guess. ${ADVICE}`;
}
