import type { TenantActor } from "../access/actor.ts";
import { authorize, authorizeChange } from "../access/authorize.ts";
import type { Permission } from "../access/permissions.ts";
import { type AuditRecord, writeAudit } from "../audit/audit.ts";
import { CHANNELS } from "../contract/channels.ts";
import type { Transaction } from "../db/client.ts";
import { holdTenant } from "../db/hold.ts";
import { type ScopeOptions, withTenant } from "../db/scope.ts";

export type CommandContext = {
  tx: Transaction;
  actor: TenantActor;
  /** Writes an audit entry in this transaction. Every command that changes something calls it. */
  audit(record: AuditRecord): Promise<void>;
  /** Nudges the data plane when this transaction commits. */
  notify(channel: keyof typeof CHANNELS): Promise<void>;
};

export type Command<Input, Output> = ((actor: TenantActor, input: Input) => Promise<Output>) & {
  permission: Permission;
};

/**
 * Defines a command: the one way to change something. It authorizes, opens a transaction that sees only the
 * actor's tenant, and runs; audit entry and notification share that transaction. Throws DomainError.
 */
export function defineCommand<Input, Output>(
  permission: Permission,
  run: (context: CommandContext, input: Input) => Promise<Output>,
  options?: ScopeOptions,
): Command<Input, Output> {
  const command = async (actor: TenantActor, input: Input): Promise<Output> => {
    authorizeChange(actor, permission);
    return withTenant(
      actor,
      async (tx) => {
        await holdTenant(tx, actor.tenant.id);
        return run(
          {
            tx,
            actor,
            audit: (record) => writeAudit(tx, actor, actor.tenant.id, record),
            async notify(channel) {
              await tx.$executeRaw`SELECT pg_notify(${CHANNELS[channel]}, '')`;
            },
          },
          input,
        );
      },
      { ...options, changes: true },
    );
  };
  return Object.assign(command, { permission });
}

/** Defines a query: authorizes, opens a transaction that sees only the actor's tenant, and reads. */
export function defineQuery<Input, Output>(
  permission: Permission,
  run: (context: { tx: Transaction; actor: TenantActor }, input: Input) => Promise<Output>,
): Command<Input, Output> {
  const query = async (actor: TenantActor, input: Input): Promise<Output> => {
    authorize(actor, permission);
    return withTenant(actor, (tx) => run({ tx, actor }, input));
  };
  return Object.assign(query, { permission });
}
