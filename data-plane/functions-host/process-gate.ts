import module from "node:module";
import os from "node:os";
import { fix } from "./network-gate.ts";

class NotForFunctions extends Error {
  override name = "NotForFunctions";
  readonly code = "ERR_ACCESS_DENIED";
}

/**
 * Closes what Node's permission model leaves open and a handler has no business with: signals to other processes,
 * SQLite (its files pass by the permissions), and ways to Node's insides. Must run before any handler is loaded.
 */
export function closeProcess(): void {
  const refuse = (name: string) => () => {
    throw new NotForFunctions(`Functions may not use ${name}.`);
  };
  for (const name of ["kill", "_kill", "_debugProcess", "_debugEnd", "_linkedBinding", "binding"]) {
    fix(process, name, refuse(`process.${name}`));
  }
  for (const name of ["_getActiveHandles", "_getActiveRequests"]) fix(process, name, () => []);
  fix(os, "setPriority", refuse("os.setPriority"));
  const sqlite = process.getBuiltinModule("node:sqlite") as object | undefined;
  class Closed {
    constructor() {
      refuse("node:sqlite")();
    }
  }
  for (const name of Object.keys(sqlite ?? {})) fix(sqlite as object, name, Closed);
  module.syncBuiltinESMExports();
}
