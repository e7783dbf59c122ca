import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { after, before, type TestContext, test } from "node:test";
import pg from "pg";
import { formatCredential } from "#lib/contract/credential.ts";
import { UNREACHABLE_DIGEST } from "#lib/contract/errors.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { tellingUnreachable } from "#lib/errors/unreachable.ts";
import { type TestDatabase, testDatabase } from "#tests/harness/database.ts";
import { dispatch } from "./dispatch.ts";

let base: TestDatabase;
let superuser: pg.Client;
const role = `gatehouse_test_locked_${randomBytes(4).toString("hex")}`;

before(async () => {
  base = await testDatabase();
  superuser = new pg.Client({ connectionString: process.env.TEST_DATABASE_SERVER_URL });
  await superuser.connect();
  await superuser.query(`CREATE ROLE ${role} LOGIN PASSWORD 'throwaway'`);
});
after(async () => {
  await closeDatabase();
  await superuser.query(`DROP ROLE ${role}`);
  await superuser.end();
  await base.close();
});

/** A server that refuses every connection as PostgreSQL does, with this SQLSTATE. */
async function refusing(context: TestContext, code: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno\0\0`);
      const head = Buffer.alloc(5);
      head.write("E");
      head.writeInt32BE(fields.length + 4, 1);
      socket.end(Buffer.concat([head, fields]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  return `postgresql://someone:wrong@127.0.0.1:${(server.address() as { port: number }).port}/gatehouse`;
}

async function isUnavailable(url: string): Promise<void> {
  await closeDatabase();
  process.env.CONSOLE_DATABASE_URL = url;
  const answer = await dispatch(
    new Request("http://127.0.0.1:3000/api/v1/me", {
      headers: { authorization: `Bearer ${formatCredential("accessToken", randomBytes(32))}` },
    }),
  );
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  assert.deepEqual([answer.status, error.code], [503, "unavailable"]);
  assert.match(error.message, /Try again/);
  assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/);
  const page = tellingUnreachable(withUser("00000000-0000-0000-0000-000000000000", (tx) => tx.user.count()));
  await assert.rejects(page, { digest: UNREACHABLE_DIGEST });
}

const as = (change: (url: URL) => void) => {
  const url = new URL(base.superuserUrl);
  url.username = role;
  url.password = "throwaway";
  change(url);
  return url.href;
};

test("a login that is locked out, or has no connection left, is a database to be asked again later", async () => {
  await superuser.query(`ALTER ROLE ${role} NOLOGIN`);
  await isUnavailable(as(() => {}));
  await superuser.query(`ALTER ROLE ${role} LOGIN CONNECTION LIMIT 0`);
  await isUnavailable(as(() => {}));
  await superuser.query(`ALTER ROLE ${role} CONNECTION LIMIT -1`);
  await isUnavailable(as((url) => (url.pathname = "/nowhere")));
  await superuser.query(`REVOKE CONNECT ON DATABASE ${base.name} FROM PUBLIC`);
  await isUnavailable(as(() => {}));
  await superuser.query(`ALTER DATABASE ${base.name} ALLOW_CONNECTIONS false`);
  await isUnavailable(as(() => {}));
});

test("so is one that refuses the password, is starting or shutting down, or is full", async (context) => {
  for (const code of ["28P01", "28000", "3D000", "57P01", "57P03", "53300"]) {
    await isUnavailable(await refusing(context, code));
  }
});
