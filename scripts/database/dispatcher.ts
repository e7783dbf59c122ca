import type pg from "pg";
import { type Db, PgBoss } from "pg-boss";
import { DISPATCH } from "#lib/contract/channels.ts";

/**
 * Installs or upgrades pg-boss's schema as the owner, makes its one queue, and grants each plane what it needs
 * there: the console and the gateway may send, the worker may also fetch, settle and tidy up; what purges a deleted tenant may take its dispatches out. No plane may change
 * the schema, and what they can see of it is job ids, never a tenant's data.
 */
export async function installDispatcher(owner: pg.Client): Promise<void> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => owner.query(text, values) } satisfies Db,
    schema: DISPATCH.schema,
    migrate: true,
    supervise: false,
    schedule: false,
  });
  boss.on("error", () => undefined); // a failing statement also rejects the call below
  await boss.start();
  try {
    if (!(await boss.getQueue(DISPATCH.queue))) await boss.createQueue(DISPATCH.queue, QUEUE);
  } finally {
    await boss.stop({ graceful: false, close: false });
  }
  await owner.query(GRANTS);
}

/**
 * The ledger decides about attempts, so a dispatch is never retried by itself; and a dispatch has nothing worth
 * keeping once it is done.
 */
const QUEUE = {
  policy: "standard",
  retryLimit: 0,
  expireInSeconds: 3_600,
  deleteAfterSeconds: 60,
  retentionSeconds: 1_209_600,
} as const;

const SCHEMA = DISPATCH.schema;
const GRANTS = `
  REVOKE CREATE ON SCHEMA ${SCHEMA} FROM PUBLIC;
  GRANT USAGE ON SCHEMA ${SCHEMA} TO gatehouse_console, gatehouse_gateway, gatehouse_worker;
  GRANT SELECT ON ${SCHEMA}.queue, ${SCHEMA}.version TO gatehouse_console, gatehouse_gateway;
  GRANT INSERT ON ${SCHEMA}.job, ${SCHEMA}.job_common TO gatehouse_console, gatehouse_gateway;
  GRANT SELECT (id, name, start_after) ON ${SCHEMA}.job, ${SCHEMA}.job_common TO gatehouse_console, gatehouse_gateway;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO gatehouse_worker;
  GRANT USAGE ON SCHEMA ${SCHEMA} TO gatehouse_purge;
  GRANT SELECT, DELETE ON ${SCHEMA}.job_common TO gatehouse_purge;
`;
