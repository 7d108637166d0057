import { and, eq, or } from 'drizzle-orm';
import { accountDomain, addressKey } from '../core/email-address.ts';
import { keyedHash } from '../core/canonical-json.ts';
import type { DbOrTx, Tx } from './client.ts';
import { suppressions } from './schema.ts';

export type SuppressionReason = (typeof suppressions.$inferSelect)['reason'];

export function addressHash(addressSecret: string, address: string): string {
  return keyedHash(addressSecret, addressKey(address));
}

function domainHash(addressSecret: string, domain: string): string {
  return keyedHash(addressSecret, `domain:${domain.toLowerCase()}`);
}

/** Why this lead may not be mailed, or null. By address, by its domain, by its account. */
export async function suppressionOf(
  db: DbOrTx,
  lead: { workspaceId: string; emailHash: string; email: string | null; accountId: string | null },
  addressSecret: string,
): Promise<string | null> {
  const domain = lead.email === null ? null : lead.email.slice(lead.email.lastIndexOf('@') + 1);
  const keys = [and(eq(suppressions.scope, 'address'), eq(suppressions.keyHash, lead.emailHash))];
  if (domain !== null && accountDomain(domain) !== null)
    keys.push(and(eq(suppressions.scope, 'domain'), eq(suppressions.keyHash, domainHash(addressSecret, domain))));
  if (lead.accountId !== null)
    keys.push(and(eq(suppressions.scope, 'account'), eq(suppressions.keyHash, lead.accountId)));
  const [row] = await db
    .select({ scope: suppressions.scope, reason: suppressions.reason })
    .from(suppressions)
    .where(and(eq(suppressions.workspaceId, lead.workspaceId), or(...keys)))
    .limit(1);
  return row ? `${row.reason}${row.scope === 'address' ? '' : `, whole ${row.scope}`}` : null;
}

export async function addSuppression(tx: Tx, row: typeof suppressions.$inferInsert): Promise<boolean> {
  const inserted = await tx.insert(suppressions).values(row).onConflictDoNothing().returning({ id: suppressions.id });
  return inserted.length === 1;
}
