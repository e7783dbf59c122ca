import { defineQuery } from "#lib/command/define.ts";
import { readJsonBody } from "#lib/contract/json-body.ts";
import { compileSchema } from "#lib/contract/json-schema.ts";
import { queryValue } from "#lib/contract/query-values.ts";
import type { SchemaCheckInput, SchemaCheckResult } from "./schema.ts";

/** What the gateway would say about a schema, and about a sample of what it is for. */
export const checkSchema = defineQuery(
  "tenant.read",
  async (_scope, { schema, sample, kind }: SchemaCheckInput): Promise<SchemaCheckResult> => {
    const compiled = compileSchema(schema);
    if (!compiled.ok) return { problem: { path: compiled.path, message: compiled.message }, errors: [] };
    if (sample === null) return { problem: null, errors: [] };
    if (kind === "query") {
      const query = sample.startsWith("?") ? sample.slice(1) : sample;
      return { problem: null, errors: compiled.check(queryValue(query, compiled.node)) };
    }
    const read = readJsonBody(new TextEncoder().encode(sample));
    const errors = read.ok ? compiled.check(read.value) : [{ path: read.path, message: read.message }];
    return { problem: null, errors };
  },
);
