/** What actions are called in sentences of the form "Ann … POST /orders". Browser-safe. */
const WORDS: Record<string, string> = {
  "tenant.create": "created the tenant",
  "tenant.rename": "renamed the tenant",
  "tenant.delete": "deleted the tenant",
  "tenant.restore": "restored the tenant",
  "tenant.security": "changed what the tenant asks of its members",
  "route.create": "added route",
  "route.update": "changed route",
  "route.delete": "deleted route",
  "draft.import": "imported routes into the draft",
  "draft.reset": "reset the draft",
  "draft.undo": "took back a change of the draft",
  "draft.bulk_edit": "changed many routes",
  "draft.bulk_delete": "deleted many routes",
  "revision.publish": "published",
  "revision.rollback": "rolled back to",
  "key.mint": "minted key",
  "key.edit": "changed key",
  "key.rotate": "rotated key",
  "key.grace": "changed the grace period of key",
  "key.revoke": "revoked key",
  "key.revoke-many": "revoked many keys",
  "claim.create": "made a claim link for",
  "claim.cancel": "cancelled the claim link for",
  "claim.open": "opened the claim link for",
  "claim.reveal": "revealed the key of claim link",
  "issuer.create": "added issuer",
  "issuer.edit": "changed issuer",
  "issuer.delete": "deleted issuer",
  "job.retry": "retried job",
  "job.cancel": "cancelled job",
  "job.discard": "discarded job",
  "job.hold": "held job",
  "job.release": "released job",
  "job.reveal": "revealed the payload of job",
  "job-view.create": "saved a view of jobs",
  "job-view.share": "shared a view of jobs",
  "job-view.change": "changed a view of jobs",
  "job-view.delete": "deleted a view of jobs",
  "job.settings": "changed how long jobs are kept",
  "job.mask-rules": "changed what payloads mask",
  "dead-letters.prepare-requeue": "prepared to requeue dead letters",
  "dead-letters.prepare-discard": "prepared to discard dead letters",
  "dead-letters.requeue": "requeued dead letters",
  "dead-letters.discard": "discarded dead letters",
  "dead-letters.pause": "paused a run over dead letters",
  "dead-letters.resume": "resumed a run over dead letters",
  "dead-letters.abort": "aborted a run over dead letters",
  "webhook.create": "added webhook",
  "webhook.edit": "changed webhook",
  "webhook.delete": "deleted webhook",
  "webhook.rotate": "rotated the secret of webhook",
  "webhook.test": "tested webhook",
  "webhook.redeliver": "sent a webhook delivery again",
  "alert.create": "added alert rule",
  "alert.edit": "changed alert rule",
  "alert.delete": "deleted alert rule",
  "alert.acknowledge": "acknowledged an alert",
  "alert.snooze": "snoozed an alert",
  "support.access": "changed whether support may enter",
  "support.start": "entered as support",
  "support.end": "ended support session",
  "token.mint": "made access token",
  "token.revoke": "revoked access token",
  "token.rotate": "rotated access token",
  "member.role": "changed the role of",
  "member.remove": "removed member",
  "member.join": "joined the tenant",
  "member.leave": "left the tenant",
  "member.hand_over": "handed ownership over to",
  "invitation.create": "invited",
  "invitation.cancel": "cancelled the invitation of",
  "invitation.new_link": "made a new invitation link for",
  "invitation.resend": "sent the invitation again to",
  "invitation.accept": "accepted the invitation of",
  "audit.export": "exported the audit log",
};

/** What an action is called; one that has no words of its own is told by its code. */
export const actionWords = (action: string): string =>
  WORDS[action] ?? action.replace(/[._-]+/g, " ").replace(/^(\w+) (.+)$/, "$1: $2");

/** A page that recomputes a long chain asks for a part no more often than this: the other pages read as well. */
export const CHAIN_PART_EVERY_MS = 300;

/** Kinds of actions, as a filter offers them. */
export const kindOf = (action: string): string => action.split(".")[0] ?? action;

/** The actions among these that a search means: whose code or words hold every word of it. */
export function actionsMeant(actions: readonly string[], search: string): string[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return actions.filter((action) => {
    const text = `${action} ${actionWords(action)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const NAMES = [
  "name",
  "keyName",
  "path",
  "slug",
  "email",
  "label",
  "description",
  "url",
  "function",
  "operator",
] as const;

/** What an entry's target was called, from what is kept of it after or before. */
export function targetName(
  targetType: string,
  targetId: string,
  before: unknown,
  after: unknown,
): string | null {
  if (targetType === "revision" && /^\d+$/.test(targetId)) {
    const from = isRecord(after) ? after.rolledBackFrom : null;
    return typeof from === "number" ? `r${from}, as r${targetId}` : `r${targetId}`;
  }
  for (const side of [after, before]) {
    if (typeof side !== "object" || side === null || Array.isArray(side)) continue;
    const fields = side as Record<string, unknown>;
    if (typeof fields.method === "string" && typeof fields.path === "string")
      return `${fields.method} ${fields.path}`;
    for (const name of NAMES) {
      const value = fields[name];
      if (typeof value === "string" && value !== "") return value.slice(0, 200);
    }
  }
  return null;
}

export type Difference = {
  path: string;
  before: unknown;
  after: unknown;
  kind: "added" | "removed" | "changed";
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const MOST_DIFFERENCES = 500;

/** What differs between two values, field by field; lists are compared as wholes. At most 500. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (before === null || before === undefined) {
    return isRecord(after) ? fieldsOf(after, path, "added") : single(path, before, after);
  }
  if (after === null || after === undefined) {
    return isRecord(before) ? fieldsOf(before, path, "removed") : single(path, before, after);
  }
  if (!isRecord(before) || !isRecord(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : single(path, before, after);
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const all: Difference[] = [];
  for (const name of names) {
    const place = path ? `${path}.${name}` : name;
    if (!Object.hasOwn(before, name))
      all.push({ path: place, before: undefined, after: after[name], kind: "added" });
    else if (!Object.hasOwn(after, name)) {
      all.push({ path: place, before: before[name], after: undefined, kind: "removed" });
    } else if (isRecord(before[name]) && isRecord(after[name])) {
      all.push(...differences(before[name], after[name], place));
    } else if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) {
      all.push({ path: place, before: before[name], after: after[name], kind: "changed" });
    }
    if (all.length >= MOST_DIFFERENCES) break;
  }
  return all;
}

function single(path: string, before: unknown, after: unknown): Difference[] {
  const [was, is] = [before ?? null, after ?? null];
  if (was === null && is === null) return [];
  const kind = was === null ? "added" : is === null ? "removed" : "changed";
  return [{ path, before: before ?? undefined, after: after ?? undefined, kind }];
}

const fieldsOf = (value: Record<string, unknown>, path: string, kind: "added" | "removed"): Difference[] =>
  Object.entries(value).map(([name, each]) => ({
    path: path ? `${path}.${name}` : name,
    before: kind === "removed" ? each : undefined,
    after: kind === "added" ? each : undefined,
    kind,
  }));

/** Some spreadsheets look past blanks and what cannot be seen, and take the wide forms of the signs for the signs. */
const DANGEROUS = /^[\s\p{C}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212]|^[\t\r\n]/u;

/**
 * What may stand before such a sign within a field: in some countries spreadsheets split at semicolons, and then take the
 * quotes of a field in the middle of a line for nothing special.
 */
const BEFORE_SIGN = /(?<![;"\s\p{C}])[;"\s\p{C}]+(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212])/gu;

const defused = (text: string) => {
  const inside = text.replace(BEFORE_SIGN, (run) => (/[;\t\r\n]/.test(run) ? `${run}'` : run));
  return DANGEROUS.test(inside) ? `'${inside}` : inside;
};

/** One field of CSV (RFC 4180). What a spreadsheet would run as a formula is made text with an apostrophe in front. */
export function csvField(value: string | number | null): string {
  if (value === null) return "";
  const text = typeof value === "number" ? String(value) : defused(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
