import type pg from "pg";

export type WorkerInstance = { id: string; name: string; version: string; startedAt: Date };

/** $1 id, $2 name, $3 version, $4 start, $5 whether it stops now. */
const REPORT = `
  INSERT INTO gateway_instances (id, kind, name, version, started_at, last_seen_at, stopped_at)
  VALUES ($1::uuid, 'worker', $2, $3, $4, now(), CASE WHEN $5::boolean THEN now() END)
  ON CONFLICT (id) DO UPDATE SET last_seen_at = now(), stopped_at = EXCLUDED.stopped_at`;

/** Tells the console that this worker is alive, or that it stops. */
export async function reportInstance(
  pool: pg.Pool,
  { id, name, version, startedAt }: WorkerInstance,
  stops = false,
): Promise<void> {
  await pool.query(REPORT, [id, name, version, startedAt, stops]);
}
