import path from "node:path";
import { checkWalls } from "./walls/check.ts";

/** `npm run walls`: who imports whom, checked. Exit code 1 and a line for each import that breaks a wall. */
const { modules, violations } = await checkWalls(path.join(import.meta.dirname, ".."));
for (const violation of violations) console.error(violation);
console.log(`${modules} modules, ${violations.length} broken walls`);
process.exitCode = violations.length === 0 ? 0 : 1;
