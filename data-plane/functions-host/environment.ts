const PASSED_ON = new Set(["PATH", "HOME", "TZ", "LANG", "NODE_ENV", "TMPDIR"]);

/**
 * What a handler sees as process.env: a few harmless variables and those named FUNCTION_…. The process's own
 * settings hold database passwords, which handlers have no business with. Threads share a process all the same:
 * this keeps honest code from leaking secrets and does not confine hostile code.
 */
export function handlerEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (PASSED_ON.has(name) || name.startsWith("FUNCTION_"))) passed[name] = value;
  }
  return passed;
}
