import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { waitFor } from '../sandbox/slack/driver.ts';
import { verifyChain } from '../src/db/audit.ts';
import { decisions } from '../src/db/schema.ts';
import { makeCheck } from '../src/engine/make-check.ts';
import { type LiveWorld, liveWorld } from './support/live-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CSV =
  'email,first_name,last_name,company,job_title,country,timezone,notes\nlee.park@acme-lifts.example,Lee,Park,Acme Lifts,Head of Service,United Kingdom,Europe/London,Asked about subcontractors\n';

let live: LiveWorld;
afterEach(async () => {
  expect(await verifyChain(live.app.ctx.db, live.app.ctx.workspaceId)).toMatchObject({ problem: null });
  await live.close();
});

const emails = (who: string) => live.as(who).in('#nurture-emails');
/** What somebody is told alone. It comes after the ack and after the card, so a click does not wait for it. */
const told = (who: string): Promise<string> =>
  waitFor(live.world.slack.workspace, `a word to ${who}`, () => {
    try {
      return emails(who)
        .whisper(/This was a/)
        .text();
    } catch {
      return null;
    }
  });

/** A draft that Ana rejected last week, for its tone, and a check made of it that waits in the channel now. */
async function checkInChannel(type: 'known_bad' | 'second' = 'known_bad'): Promise<void> {
  live = await liveWorld({ workflow: (yaml) => `${yaml}\nreviews: { seeded: 0, second: 0 }\n` });
  await live.importCsv(CSV);
  await live.app.drain();
  await live.as('ben').in('#nurture-scores').click('Approve');
  await live.app.drain();
  await live.passTime(HOUR);
  const modal = await emails('ana').clickForModal('Reject');
  modal.fill({ 'Why?': ['Wrong tone'], Note: 'Too pushy for a first mail.' });
  await modal.submit();
  await live.app.drain();
  await live.passTime(10 * DAY);
  const [rejected] = await live.app.ctx.db.select().from(decisions).where(eq(decisions.status, 'rejected'));
  expect(await makeCheck(live.app.ctx, type, { decisionId: rejected?.id ?? '', version: 1 })).toBe(true);
  await live.app.drain();
}

describe('a check among the cards', () => {
  test('that is approved sends nothing; whoever let it through is told alone what was wrong, the channel only what it was', async () => {
    await checkInChannel();
    const waiting = emails('ben').card();
    expect(waiting.text()).toContain('Lee Park');
    expect(waiting.buttons()).toEqual(['Approve', 'Edit', 'Reject', 'Why?']);
    expect(waiting.text()).not.toMatch(/a check|second review|rejected|pushy/i);
    await waiting.click('Approve');
    await live.app.drain();
    expect(await told('ben')).toMatch(
      /This was a check; nothing was sent. Here is what was wrong: Wrong tone: “Too pushy for a first mail.”/,
    );
    expect(() => emails('ana').whisper(/This was a check/)).toThrow();
    const over = emails('ana').card();
    expect(over.text()).toContain('This was a check. Nothing was sent.');
    expect(over.text()).toContain('Too pushy for a first mail.');
    expect(over.text()).not.toMatch(/Approved|U0BEN|Ben/);
    expect(over.buttons()).toEqual([]);
    await live.passTime(10 * DAY);
    expect(live.world.mail.messages()).toEqual([]);
    expect(await emails('ben').slash('/workflow me')).toMatch(/you caught 0 of 1/);
    expect(await emails('ana').slash('/workflow me')).toContain('No checks answered yet');
    expect(await emails('ana').slash('/workflow status')).not.toMatch(/Waiting for a person[^\n]*e-mail/);
  });

  test('that is rejected in the window was caught, and says so', async () => {
    await checkInChannel();
    const modal = await emails('carla').clickForModal('Reject');
    modal.fill({ 'Why?': ['Wrong tone'] });
    await modal.submit();
    await live.app.drain();
    expect(await told('carla')).toContain('This was a check; nothing was sent – you caught it.');
    expect(emails('ana').card().text()).not.toMatch(/Carla|caught/);
    expect(await emails('carla').slash('/workflow me')).toMatch(/you caught 1 of 1/);
    await live.passTime(10 * DAY);
    expect(live.world.mail.messages()).toEqual([]);
  });

  test('that is edited is told from one that is approved, and what was written goes nowhere', async () => {
    await checkInChannel();
    const modal = await emails('ben').clickForModal('Edit');
    modal.fill({
      Subject: 'Your plan for a sick day',
      Text: 'Hi Lee,\n\nthank you for reading our paper – good to hear from somebody who plans with subcontractors.\n\nHow do you plan a sick day today?\n\nBest regards\nNora',
    });
    await modal.submit();
    await live.app.drain();
    expect(await told('ben')).toContain('you caught it');
    expect(emails('ana').card().text()).not.toContain('sick day');
    await live.passTime(10 * DAY);
    expect(live.world.mail.messages()).toEqual([]);
  });

  test('that is a second review shows the first answer to whoever gave the second, once both are in', async () => {
    await checkInChannel('second');
    expect(emails('ben').card().text()).not.toMatch(/second review|rejected/i);
    await emails('ben').click('Approve');
    await live.app.drain();
    expect(await told('ben')).toContain('The person who decided it first had rejected it.');
    expect(emails('ana').card().text()).toContain('This was a second review. It sent and changed nothing.');
    expect(emails('ana').card().text()).not.toMatch(/pushy|Ben/);
    await live.passTime(10 * DAY);
    expect(live.world.mail.messages()).toEqual([]);
  });
});
