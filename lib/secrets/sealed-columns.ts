import { issuerSecretBinding, totpSecretBinding, webhookSecretBinding } from "./sealed-secret.ts";

/** A column of the database that holds sealed secrets, and what it takes to open and to seal them again. */
export type SealedColumn = {
  table: string;
  /** The columns that name a row, in the order in which `boundTo` takes their values. */
  rowIds: readonly string[];
  sealed: string;
  keyId: string;
  /** What a row's secret was bound to when it was sealed. */
  boundTo: (...rowIds: string[]) => string;
};

/**
 * Every column with sealed secrets: what replacing the encryption key walks. A new one is added here together with its
 * migration, which also lets `gatehouse_resealer` read and write it; a test compares this list with the database.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    table: "issuers",
    rowIds: ["tenant_id", "id"],
    sealed: "secret",
    keyId: "secret_key_id",
    boundTo: (tenantId = "", id = "") => issuerSecretBinding(tenantId, id),
  },
  {
    table: "webhook_endpoints",
    rowIds: ["tenant_id", "id"],
    sealed: "secret",
    keyId: "secret_key_id",
    boundTo: (tenantId = "", id = "") => webhookSecretBinding(tenantId, id),
  },
  {
    table: "webhook_endpoints",
    rowIds: ["tenant_id", "id"],
    sealed: "previous_secret",
    keyId: "previous_secret_key_id",
    boundTo: (tenantId = "", id = "") => webhookSecretBinding(tenantId, id),
  },
  {
    table: "totp_factors",
    rowIds: ["user_id", "confirmed"],
    sealed: "secret",
    keyId: "secret_key_id",
    boundTo: (userId = "") => totpSecretBinding(userId),
  },
];
