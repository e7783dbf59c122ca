import type pg from "pg";

/** A pool, or one connection of it. */
export type Queryable = Pick<pg.Pool, "query"> | Pick<pg.ClientBase, "query">;
