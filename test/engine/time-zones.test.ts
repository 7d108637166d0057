import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { transact } from '../../src/db/client.ts';
import { ensureAccount } from '../../src/db/accounts.ts';
import { leads } from '../../src/db/schema.ts';
import { enrolled, type LeadSeed } from '../support/fixtures.ts';
import { engineWorld } from './engine-world.ts';
import { workflowOf } from './language-world.ts';

const at = engineWorld('pglite');

/** Where a lead of a company waits until nine: the local hour at which it goes on. */
async function nineOf(seed: LeadSeed, domain: string | null, timeZone: string): Promise<string> {
  const { ctx } = at;
  const workflow = workflowOf([{ id: 'morning', wait: { until: '09:00' } }]);
  const [leadId = ''] = await enrolled(at.world, workflow, [seed]);
  if (domain !== null)
    await transact(ctx.db, async (tx) => {
      const account = { id: ctx.ids.id(), workspaceId: ctx.workspaceId, domain, name: null, now: ctx.clock.now() };
      await tx
        .update(leads)
        .set({ accountId: await ensureAccount(tx, account) })
        .where(eq(leads.id, leadId));
    });
  await at.world.drain();
  const { dueAt } = await at.enrollmentOf(leadId);
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(dueAt ?? undefined);
}

test('a lead lives by its own clock, else by the one that most at its company live by, else by the team’s', async () => {
  const harbour = (email: string, timezone: string) => nineOf({ email, timezone }, 'harbour.example', timezone);
  expect(await harbour('a@harbour.example', 'Asia/Tokyo')).toBe('09:00');
  await harbour('b@harbour.example', 'Asia/Tokyo');
  expect(await harbour('c@harbour.example', 'America/New_York')).toBe('09:00');
  expect(await nineOf({ email: 'd@harbour.example' }, 'harbour.example', 'Asia/Tokyo')).toBe('09:00');
  expect(await nineOf({ email: 'e@elsewhere.example' }, 'elsewhere.example', 'UTC')).toBe('09:00');
  expect(await nineOf({ email: 'f@gmail.com' }, null, 'UTC')).toBe('09:00');
});
