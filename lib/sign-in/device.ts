import Bowser from "bowser";

/** Names of programs and systems that are worth telling; anything longer was made up. */
const LONGEST = 40;

/** What a browser calls itself, as people call it: "Chrome on Linux". Never more than a few words of what was sent. */
export function deviceName(userAgent: string): string {
  if (userAgent.trim() === "") return "Unknown program";
  const { browser, os } = Bowser.parse(userAgent.slice(0, 500));
  const words = (text: string | undefined) => (text && text.length <= LONGEST ? text : null);
  const name = words(browser.name);
  const system = words(os.name);
  if (name) return system ? `${name} on ${system}` : name;
  // A program such as curl/8.5.0: its own name is what stands first.
  const own = /^[A-Za-z][A-Za-z0-9 ._-]{0,39}/.exec(userAgent)?.[0].trim();
  const called = own ?? "Unknown program";
  return system ? `${called} on ${system}` : called;
}
