import { and, eq, inArray, or } from 'drizzle-orm';
import { accountDomain, addressKey } from '../core/email-address.ts';
import { keyedHash } from '../core/canonical-json.ts';
import type { DbOrTx, Tx } from './client.ts';
import { suppressions } from './schema.ts';

export type SuppressionReason = (typeof suppressions.$inferSelect)['reason'];

export function addressHash(addressSecret: string, address: string): string {
  return keyedHash(addressSecret, addressKey(address));
}

export function domainHash(addressSecret: string, domain: string): string {
  return keyedHash(addressSecret, `domain:${domain.toLowerCase()}`);
}

type Mailable = { workspaceId: string; emailHash: string; email: string | null; accountId: string | null };
type Key = { scope: (typeof suppressions.$inferSelect)['scope']; keyHash: string };

/** All under which this lead may be suppressed: its address, its domain, its account. */
function keysOf(lead: Mailable, addressSecret: string): Key[] {
  const domain = lead.email === null ? null : lead.email.slice(lead.email.lastIndexOf('@') + 1);
  return [
    { scope: 'address', keyHash: lead.emailHash },
    ...(domain !== null && accountDomain(domain) !== null
      ? [{ scope: 'domain' as const, keyHash: domainHash(addressSecret, domain) }]
      : []),
    ...(lead.accountId === null ? [] : [{ scope: 'account' as const, keyHash: lead.accountId }]),
  ];
}

/** Why this lead may not be mailed, or null. By address, by its domain, by its account. */
export async function suppressionOf(db: DbOrTx, lead: Mailable, addressSecret: string): Promise<string | null> {
  const keys = keysOf(lead, addressSecret).map(({ scope, keyHash }) =>
    and(eq(suppressions.scope, scope), eq(suppressions.keyHash, keyHash)),
  );
  const [row] = await db
    .select({ scope: suppressions.scope, reason: suppressions.reason })
    .from(suppressions)
    .where(and(eq(suppressions.workspaceId, lead.workspaceId), or(...keys)))
    .limit(1);
  return row ? `${row.reason}${row.scope === 'address' ? '' : `, whole ${row.scope}`}` : null;
}

/** All that keeps this lead from being mailed, oldest first. */
export function suppressionsOf(
  db: DbOrTx,
  lead: Mailable,
  addressSecret: string,
): Promise<Array<typeof suppressions.$inferSelect>> {
  const keys = keysOf(lead, addressSecret).map(({ scope, keyHash }) =>
    and(eq(suppressions.scope, scope), eq(suppressions.keyHash, keyHash)),
  );
  return db
    .select()
    .from(suppressions)
    .where(and(eq(suppressions.workspaceId, lead.workspaceId), or(...keys)))
    .orderBy(suppressions.createdAt, suppressions.id);
}

/** Those of many leads of one workspace that may be mailed; the same rule as `suppressionOf`, in one query. */
export async function withoutSuppressed<L extends Mailable>(
  db: DbOrTx,
  workspaceId: string,
  leads: readonly L[],
  addressSecret: string,
): Promise<L[]> {
  const keys = new Map(leads.map((lead) => [lead, keysOf(lead, addressSecret)]));
  const found = await db
    .select({ scope: suppressions.scope, keyHash: suppressions.keyHash })
    .from(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, workspaceId),
        inArray(suppressions.keyHash, [...new Set([...keys.values()].flat().map(({ keyHash }) => keyHash))]),
      ),
    );
  const suppressed = new Set(found.map(({ scope, keyHash }) => `${scope}:${keyHash}`));
  return leads.filter((lead) => !keys.get(lead)?.some(({ scope, keyHash }) => suppressed.has(`${scope}:${keyHash}`)));
}

export async function addSuppression(tx: Tx, row: typeof suppressions.$inferInsert): Promise<boolean> {
  const inserted = await tx.insert(suppressions).values(row).onConflictDoNothing().returning({ id: suppressions.id });
  return inserted.length === 1;
}
