import { defineConfig } from "prisma/config";

// `prisma generate` insists on a schema-engine binary that it never runs; downloading it fails on a closed
// network. Any existing file satisfies the check.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://unused" },
});
