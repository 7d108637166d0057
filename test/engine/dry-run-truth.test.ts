import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { spotCheckCoin } from '../../src/core/gate.ts';
import { dryRun } from '../../src/core/workflow/dry-run.ts';
import { enrollments, leads } from '../../src/db/schema.ts';
import { existingLead } from '../../src/db/leads.ts';
import { enrolled } from '../support/fixtures.ts';
import { DAY, engineWorld, HOUR } from './engine-world.ts';
import { mail, messagesOf, workflowOf } from './language-world.ts';

const at = engineWorld('pglite');
const send = (id: string) => ({ id, send: mail(`The mail ${id}`) });

test('a rehearsal says to the hour what the program then does', async () => {
  const workflow = workflowOf(
    [
      send('one'),
      { id: 'day', wait: '1d' },
      { id: 'office', window: { from: '10:00', to: '15:00', days: ['tue', 'wed', 'thu'] } },
      send('two'),
      { id: 'morning', wait: { until: '09:00' } },
      { id: 'way', branch: [{ when: { field: 'company', is: 'Acme' }, go: 'three' }, { go: 'over' }] },
      send('three'),
      { id: 'answer', wait_until: { event: 'clicked' }, timeout: '5h' },
      { id: 'mark', update: { set: { stage: 'late' } } },
      { id: 'late', branch: [{ when: { field: 'stage', is: 'late' }, go: 'four' }, { go: 'over' }] },
      send('four'),
      { id: 'over', exit: 'Over' },
    ],
    { quiet_hours: { from: '20:00', to: '07:00' }, cap: { mails: 3, within: '7d' } },
  );
  const zones = ['America/New_York', 'Asia/Tokyo', 'Europe/Berlin', 'Pacific/Auckland'];
  const people = zones.map((timezone, i) => ({
    email: `p${i}@acme.example`,
    company: i === 3 ? 'Other' : 'Acme',
    timezone,
  }));
  const from = at.world.now;
  const ids = await enrolled(at.world, workflow, people);
  const rows = await Promise.all(ids.map((id) => at.lead(id)));
  for (let hours = 0; hours < 10 * 24; hours++) {
    await at.world.drain();
    at.world.passTime(HOUR);
  }
  const run = dryRun({
    workflow,
    leads: rows.map((row, i) => {
      const { valuesAt: _, sources: __, ...values } = existingLead(row);
      return { line: i + 2, lead: { ...values, email: row.email ?? '', domain: null, event: null } };
    }),
    segmentsOf: null,
    assumed: {
      from,
      until: new Date(from.getTime() + 10 * DAY),
      answerAfterMs: 4 * HOUR,
      score: 50,
      zone: 'UTC',
      approvalHoldsMs: at.ctx.settings.approvalHoldsMs,
      draw: (key) => spotCheckCoin('1', key),
    },
  });
  for (const [i, id] of ids.entries()) {
    const really = (await messagesOf(at, id)).map(({ step, sentAt }) => [step, toHour(sentAt)]);
    const foretold = run.ways[i]?.mails.map(({ step, leaves }) => [step, toHour(leaves)]) ?? [];
    expect(foretold, zones[i]).toEqual(really);
    expect(really.length, zones[i]).toBe(i === 3 ? 2 : 4);
    const [row] = await at.ctx.db.select().from(enrollments).where(eq(enrollments.leadId, id));
    expect(run.ways[i]?.end, zones[i]).toMatchObject({ status: row?.status, why: row?.exitReason });
  }
  expect(run.summary.deferred.map(({ because }) => because).toSorted()).toEqual(['cap', 'quiet_hours']);
  expect(await at.ctx.db.$count(leads)).toBe(4);
});

/** The program looks once an hour here, and so acts within the hour in which something is due. */
function toHour(moment: Date | null): string | null {
  return moment === null ? null : new Date(Math.round(moment.getTime() / HOUR) * HOUR).toISOString();
}
