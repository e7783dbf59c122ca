import type { UnrecordedRow } from "#data-plane/sql/refusals.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";

const WINDOW_MS = 60_000;
/** About 1 kB a row: a tenant under a flood adds 430 MB a day and gateway at most, and 24 hours later it is gone. */
const PER_TENANT = 300;
/** One caller alone cannot use up a tenant's budget, so that the refusals of others are still found. */
const PER_ADDRESS = 100;
/** Of all tenants together; beyond it each tenant still gets a few, so that floods of some do not silence others. */
const BUSY_ABOVE = 1_500;
const WHEN_BUSY = 20;
const IN_ALL = 5_000;
/** A count that grows is written down this often, not with every batch. */
const COUNT_EVERY_MS = 10_000;

type Spent = { amount: number; byAddress: Map<string, number> };
type Count = { from: number; until: number; amount: number; writeAt: number };

/** Says which refusals may be kept, per minute, and counts those that were not. Times are Unix milliseconds. */
export function createRefusalBudget() {
  let windowEndsAt = 0;
  let inAll = 0;
  let spent = new Map<string, Spent>();
  const counts = new Map<string, Count>();
  let hurried = false;

  return {
    /** Whether one more refusal of this tenant from this address may be kept; if so, it is taken off the budget. */
    take(tenantId: string, address: string, now: number): boolean {
      // Further off than it was ever put: the clock was set back.
      if (now >= windowEndsAt || windowEndsAt > now + WINDOW_MS) {
        windowEndsAt = now + WINDOW_MS;
        inAll = 0;
        spent = new Map();
      }
      let own = spent.get(tenantId);
      if (!own) {
        own = { amount: 0, byAddress: new Map() };
        spent.set(tenantId, own);
      }
      const fromAddress = own.byAddress.get(address) ?? 0;
      const most = inAll < BUSY_ABOVE ? PER_TENANT : WHEN_BUSY;
      if (inAll >= IN_ALL || own.amount >= most || fromAddress >= PER_ADDRESS) return false;
      inAll++;
      own.amount++;
      own.byAddress.set(address, fromAddress + 1);
      return true;
    },

    countUnrecorded(tenantId: string, at: number): void {
      const count = counts.get(tenantId);
      if (!count) {
        counts.set(tenantId, { from: at, until: at, amount: 1, writeAt: 0 });
      } else {
        if (count.amount === 0) count.from = at;
        count.until = at;
        count.amount++;
      }
    },

    /** The counts that are due to be written. Each starts anew. */
    takeUnrecorded(now: number): UnrecordedRow[] {
      const rows: UnrecordedRow[] = [];
      for (const [tenantId, count] of counts) {
        if (count.writeAt > now && count.writeAt <= now + COUNT_EVERY_MS && !hurried) continue;
        if (count.amount === 0) {
          counts.delete(tenantId);
          continue;
        }
        const { from, until, amount } = count;
        rows.push({ id: uuidv7(until), tenantId, from: new Date(from), until: new Date(until), amount });
        Object.assign(count, { amount: 0, writeAt: now + COUNT_EVERY_MS });
      }
      return rows;
    },

    /** Takes counts back that could not be written. */
    giveBack(rows: readonly UnrecordedRow[]): void {
      for (const { tenantId, from, until, amount } of rows) {
        const count = counts.get(tenantId);
        const later = count && count.amount > 0 ? count.until : until.getTime();
        counts.set(tenantId, {
          from: from.getTime(),
          until: Math.max(later, until.getTime()),
          amount: amount + (count?.amount ?? 0),
          writeAt: 0,
        });
      }
    },

    /** From now on every count is due: the gateway is stopping. */
    hurry(): void {
      hurried = true;
    },
  };
}
