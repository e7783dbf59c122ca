import { run } from "./bootstrap.mjs";

await run("scripts/up.ts", process.argv.slice(2));
