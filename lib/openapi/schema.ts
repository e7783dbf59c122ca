import { z } from "zod";
import { METHODS } from "#lib/contract/methods.ts";
import { parsePattern } from "#lib/contract/path.ts";
import { MAX_DOCUMENT_CHARACTERS, MAX_OPERATIONS, OPERATION_STATES } from "./rules.ts";

const functionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is not a function name: lower-case letters, digits and -");

const baseUrl = z
  .string()
  .max(1_024)
  .refine((text) => {
    const url = URL.parse(text);
    const plain = url !== null && !url.username && !url.password && !url.search && !url.hash;
    return plain && ["http:", "https:"].includes(url.protocol) && !/[\s{}\\]/.test(text);
  }, "must be an http:// or https:// address without credentials, query or fragment");

/** Where new routes of an import send their requests. */
export const importTargetSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("http"), url: baseUrl }),
  z.strictObject({ type: z.literal("function"), function: functionName }),
  z.strictObject({ type: z.literal("function-per-operation") }),
]);
export type ImportTarget = z.output<typeof importTargetSchema>;

const pathPrefix = z
  .string()
  .max(256)
  .superRefine((text, context) => {
    if (text === "") return;
    const parsed = parsePattern(text);
    const literal = parsed.ok && parsed.pattern.segments.every(({ kind }) => kind === "literal");
    const message = parsed.ok ? "must be plain segments such as /billing" : parsed.message;
    if (!literal || text === "/") context.addIssue({ code: "custom", message });
  });

/** The document and how to read it; preview and import take the same, so that what was seen is what happens. */
const source = {
  /** The whole document as text, JSON or YAML. */
  document: z
    .string()
    .max(MAX_DOCUMENT_CHARACTERS, `is longer than ${MAX_DOCUMENT_CHARACTERS} characters`)
    .refine((text) => !text.includes("\0") && text.isWellFormed(), "has a character that is not text"),
  /** null: the first server that the document names, else a function for each operation. */
  target: importTargetSchema.nullable().default(null),
  pathPrefix: pathPrefix.default(""),
  /** Who may call what the document says nothing about. */
  unsecured: z.enum(["none", "api-key"]).default("none"),
};

export const previewOpenApiSchema = z.strictObject(source);
export type PreviewOpenApi = z.output<typeof previewOpenApiSchema>;

export const importOpenApiSchema = z.strictObject({
  ...source,
  /** The draft's version that the preview showed. */
  draftVersion: z.int().min(0),
  /** JSON pointers of the operations to import; null: all of them, and then all must be importable. */
  operations: z.array(z.string().max(8_192)).min(1).max(MAX_OPERATIONS).nullable().default(null),
  /** What happens to routes that the draft has already. */
  existing: z.enum(["update", "skip"]).default("update"),
});
export type ImportOpenApi = z.output<typeof importOpenApiSchema>;

const noteSchema = z.strictObject({ what: z.string(), pointer: z.string(), message: z.string() });
export type ImportNote = z.output<typeof noteSchema>;

export const previewOperationSchema = z.strictObject({
  /** A JSON pointer into the document; it names the operation when importing. */
  pointer: z.string(),
  operationId: z.string().nullable(),
  method: z.union([z.enum(METHODS), z.string()]),
  path: z.string(),
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  deprecated: z.boolean(),
  enabled: z.boolean(),
  auth: z.enum(["none", "api-key", "bearer"]).nullable(),
  scopes: z.array(z.string()),
  target: z.string(),
  checks: z.strictObject({ body: z.boolean(), query: z.array(z.string()) }),
  state: z.enum(OPERATION_STATES),
  /** The draft's route that it is, or would change. */
  existing: z.strictObject({ id: z.uuid(), path: z.string() }).nullable(),
  /** Which fields of the draft's route would change. */
  changes: z.array(z.string()),
  problem: z.string().nullable(),
  notes: z.array(noteSchema),
});
export type PreviewOperation = z.output<typeof previewOperationSchema>;

export const openApiPreviewSchema = z.strictObject({
  openapi: z.string(),
  title: z.string(),
  draftVersion: z.int(),
  servers: z.array(
    z.strictObject({ url: z.string(), description: z.string(), problem: z.string().nullable() }),
  ),
  /** The target that this preview is for. */
  target: importTargetSchema,
  operations: z.array(previewOperationSchema),
  /** What concerns no single operation. */
  notes: z.array(noteSchema),
  /** How often each kind of note occurs, in the operations and outside of them. */
  notUnderstood: z.array(z.strictObject({ what: z.string(), count: z.int() })),
});
export type OpenApiPreview = z.output<typeof openApiPreviewSchema>;

export const importedSchema = z.strictObject({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  draftVersion: z.int(),
});
export type Imported = z.output<typeof importedSchema>;
