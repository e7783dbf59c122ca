import assert from "node:assert/strict";
import test from "node:test";
import { idCommands } from "./id-commands.ts";

const hrefs = (path: string, text: string) =>
  idCommands(path, text).map((command) => ("href" in command ? command.href : ""));
const ID = "01a1feaa-ea31-791e-889a-633b85637f0f";

test("a pasted job ID leads to the job, and to the jobs of a request that has it", () => {
  assert.deepEqual(hrefs("/t/acme/routes", ` ${ID.toUpperCase()} `), [
    `/t/acme/jobs/${ID}`,
    `/t/acme/jobs?q=${ID.toUpperCase()}`,
  ]);
});

test("a request ID leads to its jobs, a word to nothing, and outside a tenant nothing is offered", () => {
  assert.deepEqual(hrefs("/t/acme", "req-2026.11"), ["/t/acme/jobs?q=req-2026.11"]);
  for (const text of ["settings", "short1", "two words 1", ""])
    assert.deepEqual(hrefs("/t/acme", text), [], text);
  assert.deepEqual(hrefs("/support", ID), []);
});
