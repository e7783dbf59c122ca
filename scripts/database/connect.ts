import pg from "pg";
import { StartFailure } from "../start-failure.ts";

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects to `url`. `variable` is the environment variable it came from; a failure names it and says what to do,
 * without ever repeating the password.
 *
 * @throws StartFailure when the server cannot be reached or refuses the user, the password or the database.
 */
export async function connect(url: string, variable: string): Promise<pg.Client> {
  let client: pg.Client;
  try {
    client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: "gatehouse-migrate",
    });
  } catch {
    throw new StartFailure(
      `${variable} is not a database address; write postgresql://user:password@host:5432/database.`,
    );
  }
  // A server that goes away between two queries is reported by the next query; without this it would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new StartFailure(explain(error, client, variable));
  }
}

/** The PostgreSQL error code (SQLSTATE) or the system's, "" when there is none. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

function explain(error: unknown, client: pg.Client, variable: string): string {
  const server = `${client.host}:${client.port}`;
  switch (errorCode(error)) {
    case "28P01":
      return `PostgreSQL at ${server} refuses the password of user "${client.user}"; correct ${variable}.`;
    case "28000":
      return `PostgreSQL at ${server} does not let user "${client.user}" sign in; correct ${variable} or the server's pg_hba.conf.`;
    case "3D000":
      return `PostgreSQL at ${server} has no database "${client.database}"; create it, or correct ${variable}.`;
    case "53300":
      return `PostgreSQL at ${server} has no connection left; raise its max_connections or stop what holds them.`;
    case "57P03":
      return `PostgreSQL at ${server} is still starting or shutting down; try again in a moment.`;
    default: {
      const detail = error instanceof Error ? error.message || errorCode(error) : String(error);
      return `PostgreSQL at ${server} cannot be reached (${detail || errorCode(error)}); start it, or correct ${variable}.`;
    }
  }
}
