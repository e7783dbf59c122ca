/** How long a claim link can be used: so many hours, or a number of one's own. */
export type LinkLife = "1" | "24" | "72" | "168" | "336" | "custom";

export const LINK_LIVES: readonly { value: LinkLife; label: string }[] = [
  { value: "1", label: "1 hour" },
  { value: "24", label: "24 hours" },
  { value: "72", label: "72 hours" },
  { value: "168", label: "7 days" },
  { value: "336", label: "14 days" },
  { value: "custom", label: "Another number of hours" },
];

export type LinkValues = { life: LinkLife; hours: string; note: string };
export const NEW_LINK: LinkValues = { life: "72", hours: "", note: "" };

/** What is sent of a link; hours that are no number are passed on as they are, for the schema to refuse. */
export function linkInput({ life, hours, note }: LinkValues): { lifeHours: unknown; note: string } {
  const text = life === "custom" ? hours.trim() : life;
  return { lifeHours: /^\d+$/.test(text) ? Number(text) : text, note };
}

type Draft = { tenant: string; keyName: string; expiresAt: string; note: string };

/**
 * The address of an e-mail draft to the partner. The link is not in it: a draft's address goes through other programs
 * and, with webmail, to another server, and both keep what they are given.
 */
export function mailDraft({ tenant, keyName, expiresAt, note }: Draft): string {
  const until = new Date(expiresAt).toUTCString();
  const body = [
    "Hello,",
    "",
    `here is a link to your API key “${keyName}” for ${tenant}:`,
    "",
    "(paste the link here)",
    "",
    `It works once and until ${until}. Open it, read what the key opens, and press Reveal key: the key is made at that moment and shown only to you. Copy it to a safe place.`,
    ...(note.trim() ? ["", note.trim()] : []),
  ].join("\r\n");
  return `mailto:?subject=${encodeURIComponent(`Your API key for ${tenant}`)}&body=${encodeURIComponent(body)}`;
}
