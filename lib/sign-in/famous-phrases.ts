/** Sayings, lines and examples that everybody knows, and so does whoever guesses; as their letters and digits alone. */
const PHRASES = `
correct horse battery staple; the quick brown fox jumps over the lazy dog; to be or not to be that is the question;
may the force be with you; let me in please; i love you so much; i love you forever; i love my family; i love my mom;
lorem ipsum dolor sit amet; in the beginning was the word; never gonna give you up; open sesame open; hello world hello;
this is my password; this is a password; my voice is my passport; once upon a time; all your base are belong to us;
i am the walrus; let it be let it be; the cake is a lie; winter is coming; live long and prosper; elementary my dear watson;
a penny for your thoughts; an apple a day keeps the doctor away; the early bird catches the worm; time is money;
home sweet home; keep calm and carry on; rock and roll; stairway to heaven; we are the champions; we will rock you;
hey jude; yellow submarine; bohemian rhapsody; smells like teen spirit; here comes the sun; somewhere over the rainbow;
god save the queen; god save the king; god bless america; jesus loves me; jesus is lord; praise the lord; in god we trust;
our father who art in heaven; the lord is my shepherd; i think therefore i am; carpe diem; veni vidi vici;
e pluribus unum; liberte egalite fraternite; four score and seven years ago; i have a dream; yes we can;
make america great again; to infinity and beyond; you shall not pass; one ring to rule them all; my precious;
luke i am your father; do or do not there is no try; these are not the droids you are looking for; beam me up scotty;
houston we have a problem; hasta la vista baby; ill be back; here is looking at you kid; play it again sam;
there is no place like home; life is like a box of chocolates; show me the money; say hello to my little friend;
the answer is 42; dont panic; it was the best of times; call me ishmael; big brother is watching you; just do it;
i am batman; twinkle twinkle little star; happy birthday to you; merry christmas; happy new year; trick or treat;
abra cadabra; hocus pocus; supercalifragilisticexpialidocious; antidisestablishmentarianism; change me now;
please change me; change this password; password of the day; secret password; temporary password; new password
`;

const squash = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

const SQUASHED = PHRASES.split(";").map(squash);

/** So many characters beside a known phrase make it no harder to guess. */
const MOST_BESIDE = 6;

/** Shorter ones may be a part of something else, and the beginning of a long one is as well known as the whole. */
const LEAST_OF_IT = 12;

/** The letters and digits of a password alone: what is put between them is tried by everybody. */
export const withoutSeparators = squash;

/** Whether a password is a famous phrase, however it is written, or the beginning of one, with a little beside it. */
export function isFamousPhrase(password: string): boolean {
  const plain = squash(password);
  return SQUASHED.some((phrase) => {
    if (plain.includes(phrase)) return plain.length - phrase.length <= MOST_BESIDE;
    for (let length = phrase.length - 1; length >= LEAST_OF_IT; length--) {
      if (plain.startsWith(phrase.slice(0, length))) return plain.length - length <= MOST_BESIDE;
    }
    return false;
  });
}
