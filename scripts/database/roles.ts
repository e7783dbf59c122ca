import pg from "pg";
import { StartFailure } from "../start-failure.ts";
import { connect, errorCode } from "./connect.ts";

/** The planes that sign in to the database, and the group role that says what each may do. */
export const PLANES = ["console", "gateway", "worker"] as const;
export type Plane = (typeof PLANES)[number];

/** One user of the database for one plane. `generated`: the password is ours, so it may be set anew. */
export type Login = { plane: Plane; url: string; variable: string; generated: boolean };

/** The environment variable that carries the plane's own database address. */
export const urlVariable = (plane: Plane) => `${plane.toUpperCase()}_DATABASE_URL`;

/**
 * Sees to it that every login exists, is a member of its plane's group role, and can sign in. A password that
 * somebody else chose is never changed.
 *
 * @throws StartFailure when the owner may not create or grant roles, or a given password is refused.
 */
export async function ensureLogins(owner: pg.Client, logins: Login[]): Promise<void> {
  for (const login of logins) await ensureLogin(owner, login);
}

async function ensureLogin(owner: pg.Client, login: Login): Promise<void> {
  const address = new URL(login.url);
  const user = decodeURIComponent(address.username);
  const password = decodeURIComponent(address.password);
  const group = `gatehouse_${login.plane}`;
  if (!user)
    throw new StartFailure(
      `${login.variable} names no user; write postgresql://user:password@host:5432/database.`,
    );
  const { rows } = await owner.query<{ known: boolean; member: boolean; powerful: boolean }>(
    `SELECT r.oid IS NOT NULL AS known, coalesce(r.rolsuper OR r.rolbypassrls, false) AS powerful,
            r.oid IS NOT NULL AND pg_has_role(r.oid, g.oid, 'USAGE') AS member
     FROM pg_roles g LEFT JOIN pg_roles r ON r.rolname = $1 WHERE g.rolname = $2`,
    [user, group],
  );
  if (rows[0]?.powerful) {
    throw new StartFailure(
      `The user "${user}" of ${login.variable} bypasses row-level security; name a user without SUPERUSER and BYPASSRLS.`,
    );
  }
  const quoted = pg.escapeIdentifier(user);
  const secret = pg.escapeLiteral(password);
  try {
    if (!rows[0]?.known) await owner.query(`CREATE ROLE ${quoted} LOGIN PASSWORD ${secret}`);
    if (!rows[0]?.member) await owner.query(`GRANT ${pg.escapeIdentifier(group)} TO ${quoted}`);
    if (login.generated && !(await accepts(login.url))) {
      await owner.query(`ALTER ROLE ${quoted} LOGIN PASSWORD ${secret}`);
    }
  } catch (error) {
    if (errorCode(error) !== "42501") throw error;
    throw new StartFailure(
      `The user of DATABASE_URL may not give "${user}" the role ${group}; as an administrator of the server, create "${user}" and run GRANT ${group} TO "${user}".`,
    );
  }
  await (await connect(login.url, login.variable)).end();
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (errorCode(error).startsWith("28")) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
