import assert from "node:assert/strict";
import test from "node:test";
import type { Command } from "./commands.ts";
import { rankCommands } from "./rank-commands.ts";

const commands: Command[] = [
  { id: "jobs", label: "Jobs", href: "/jobs" },
  { id: "dead", label: "Dead letters", keywords: "failed jobs", href: "/dead" },
  { id: "route", label: "Create route", href: "/routes/new" },
  { id: "routes", label: "Routes", href: "/routes" },
];
const ids = (text: string) => rankCommands(commands, text).map((command) => command.id);

test("every typed word must occur, in the label before anywhere else", () => {
  assert.deepEqual(ids(""), ["jobs", "dead", "route", "routes"]);
  assert.deepEqual(ids("job"), ["jobs", "dead"]);
  assert.deepEqual(ids("ROUT"), ["routes", "route"]);
  assert.deepEqual(ids("rou cre"), ["route"]);
  assert.deepEqual(ids("nothing"), []);
});
