import type { BulkChange } from "#lib/routes/schema.ts";
import { listOf } from "./bulk-words.ts";

/** What the dialog's fields hold; "" leaves what it is about as it is in every route. */
export type BulkDraft = {
  auth: "" | "any-key" | "keys" | "bearer" | "none";
  keyIds: string[];
  scopes: string;
  limit: "" | "none" | "set";
  perMinute: string;
  per: "ip" | "key";
  cors: "" | "on" | "off";
  origins: "" | "any" | "these";
  originList: string;
  tags: "" | "add" | "remove" | "set";
  tagList: string;
  enabled: "" | "true" | "false";
};

export const EMPTY_DRAFT: BulkDraft = {
  auth: "",
  keyIds: [],
  scopes: "",
  limit: "",
  perMinute: "600",
  per: "ip",
  cors: "",
  origins: "",
  originList: "",
  tags: "",
  tagList: "",
  enabled: "",
};

function authOf(draft: BulkDraft): BulkChange["auth"] {
  if (draft.auth === "none") return { mode: "none" };
  if (draft.auth === "any-key") return { mode: "api-key", allowedApiKeyIds: null };
  if (draft.auth === "keys") return { mode: "api-key", allowedApiKeyIds: draft.keyIds };
  if (draft.auth === "bearer") {
    return { mode: "bearer", requiredScopes: listOf(draft.scopes), requiredClaims: {} };
  }
  return undefined;
}

/** The change that the fields describe; null when they describe none yet. */
export function changeOf(draft: BulkDraft): BulkChange | null {
  const change: BulkChange = {};
  const auth = authOf(draft);
  if (auth) change.auth = auth;
  if (draft.limit === "none") change.rateLimit = null;
  if (draft.limit === "set") {
    change.rateLimit = { requestsPerMinute: Number(draft.perMinute), per: draft.per };
  }
  if (draft.cors) change.corsEnabled = draft.cors === "on";
  if (draft.origins === "any") change.cors = { allowOrigins: ["*"] };
  if (draft.origins === "these") change.cors = { allowOrigins: listOf(draft.originList) };
  const tags = listOf(draft.tagList);
  if (draft.tags === "set") change.setTags = tags;
  else if (draft.tags && tags.length > 0) change[draft.tags === "add" ? "addTags" : "removeTags"] = tags;
  if (draft.enabled) change.enabled = draft.enabled === "true";
  return Object.keys(change).length > 0 ? change : null;
}
