import type { Transaction } from "#lib/db/client.ts";
import { conflict, type DomainError } from "#lib/errors/domain-error.ts";

const MAX_NAMED = 20;

type Move = {
  action: string;
  targetId: string;
  actorLabel: string;
  at: Date;
  method: string | null;
  path: string | null;
};

const VERBS: Record<string, string> = {
  "route.create": "added",
  "route.update": "changed",
  "route.delete": "deleted",
};

const placeOf = ({ method, path, targetId }: Move) => (path ? `${method} ${path}` : targetId);

/**
 * The answer to somebody who reviewed another draft than the one there is: what moved since, and by whom. Every edit
 * counts the version up by one and leaves its entry in the audit log.
 */
export async function staleDraft(
  tx: Transaction,
  tenantId: string,
  seen: number,
  current: number,
): Promise<DomainError> {
  const edits = Math.min(Math.max(current - seen, 0), MAX_NAMED);
  const moves = await tx.$queryRaw<Move[]>`
    SELECT action, target_id AS "targetId", actor_label AS "actorLabel", at,
      coalesce(after, before)->>'method' AS method, coalesce(after, before)->>'path' AS path
    FROM audit_entries
    WHERE tenant_id = ${tenantId}::uuid AND (action LIKE 'route.%' OR action LIKE 'draft.%')
    ORDER BY at DESC, id DESC LIMIT ${edits}`;
  const people = [...new Set(moves.map(({ actorLabel }) => actorLabel))];
  const by = people.length > 0 ? people.slice(0, 3).join(", ") : "Somebody else";
  return conflict(`${by} changed the draft while you were looking.`, [
    { path: "draftVersion", message: `The current version is ${current}.` },
    ...moves.map((move) => ({
      path: move.action.startsWith("route.") ? `routes.${move.targetId}` : "routes",
      message: VERBS[move.action]
        ? `${move.actorLabel} ${VERBS[move.action]} ${placeOf(move)} at ${move.at.toISOString()}`
        : `${move.actorLabel} changed many routes at once at ${move.at.toISOString()}`,
    })),
  ]);
}
