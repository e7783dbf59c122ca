import type { IssuerRow } from "#data-plane/sql/gateway.ts";
import { KEY_BYTES, type KeyBlock } from "#data-plane/sql/keys.ts";

/** A tenant as it is served. */
export type ServedTenant = {
  id: string;
  slug: string;
  changedXid: string;
  deleted: boolean;
  /** 0 when it serves nothing; `content` is the SHA-256 that the revision's file is named after. */
  number: number;
  content: string | null;
};

/** Keys as in memory: their bytes in base64, and what some of them have besides. */
export type PackedKeys = { bytes: string; more: KeyBlock["more"] };

/** What one line of a file holds. */
export type Rows = {
  tenants?: ServedTenant[];
  issuers?: IssuerRow[];
  keys?: PackedKeys;
  /** The last line of a file of rows: without it the file was never finished. */
  end?: true;
};

export const packKeys = ({ bytes, more }: KeyBlock): PackedKeys => ({
  bytes: bytes.toString("base64"),
  more,
});

export function unpackKeys({ bytes, more }: PackedKeys): KeyBlock {
  const whole = Buffer.from(bytes, "base64");
  return { bytes: whole.subarray(0, whole.length - (whole.length % KEY_BYTES)), more };
}
