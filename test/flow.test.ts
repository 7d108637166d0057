import { afterEach, describe, expect, test } from 'vitest';
import { assertAllAcked, waitFor } from '../sandbox/slack/driver.ts';
import { verifyChain } from '../src/db/audit.ts';
import { engines } from './support/database.ts';
import { type LiveOptions, type LiveWorld, liveWorld } from './support/live-world.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const CSV =
  'email,first_name,last_name,company,job_title,country,timezone,notes\nlee.park@acme-lifts.example,Lee,Park,Acme Lifts,Head of Service,United Kingdom,Europe/London,Asked about subcontractors\n';

const worlds: LiveWorld[] = [];
const open = async (options: LiveOptions): Promise<LiveWorld> => {
  const live = await liveWorld(options);
  worlds.push(live);
  return live;
};
afterEach(async () => {
  for (const live of worlds.splice(0)) {
    assertAllAcked(live.world.slack.workspace);
    expect(await verifyChain(live.app.ctx.db, live.app.ctx.workspaceId)).toMatchObject({ problem: null });
    await live.close();
  }
});

/** From a CSV row to the draft's card: import, score approved by a click, an hour passes. */
async function toFirstDraft(live: LiveWorld): Promise<void> {
  expect(await live.importCsv(CSV)).toMatchObject({ created: 1, rejected: 0 });
  await live.app.drain();
  const score = live
    .as('ben')
    .in('#nurture-scores')
    .card(/Lee Park/);
  expect((await score.click('Approve')).acked).toBe(true);
  await live.app.drain();
  await live.passTime(HOUR);
}

const draftCard = (live: LiveWorld, who = 'ana') => live.as(who).in('#nurture-emails').card(/Lee/);

describe.each(engines)('from a CSV row to a mail, on %s', (engine) => {
  test('a click on the posted Approve button sends exactly the mail that the card showed', async () => {
    const live = await open({ engine });
    await toFirstDraft(live);
    const shown = draftCard(live).text();
    expect(shown).toContain('Approve');
    expect(live.world.mail.messages()).toEqual([]);
    await draftCard(live).click('Approve');
    await live.app.drain();
    expect(draftCard(live).text()).toMatch(/Approved by/);
    expect(draftCard(live).buttons()).not.toContain('Approve');
    await live.passTime(MINUTE);
    const [mail, ...more] = live.world.mail.messages();
    expect(more).toEqual([]);
    expect(mail?.envelopeTo).toEqual(['lee.park@acme-lifts.example']);
    expect(shown).toContain(mail?.subject);
    const body = mail?.text?.split('\n\n-- \n')[0]?.trim() ?? '';
    for (const line of body.split('\n').filter(Boolean)) expect(shown).toContain(line);
    expect(mail?.text).toContain('Fieldlark GmbH, Lindenstraße 14, 10969 Berlin, Germany');
    const header = (name: string) => mail?.headers.find(({ key }) => key.toLowerCase() === name)?.value;
    expect(header('list-unsubscribe')).toMatch(/^<https:\/\/mail\.fieldlark\.example\/u\/[\w-]{22}>$/);
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(draftCard(live).text()).toMatch(/sent/i);
  });

  test('an edit is an approval, and the mail carries the edited text byte for byte', async () => {
    const live = await open({ engine });
    await toFirstDraft(live);
    const modal = await draftCard(live).clickForModal('Edit');
    const body =
      'Hi Lee,\n\nthank you for reading our paper – it is good to hear from somebody who plans with subcontractors.\n\n  Indented, with “quotes”, an ümlaut & a < b > c.\n.A line that begins with a dot\n\nHow do you plan a sick day today?\n\nBest regards\nNora';
    modal.fill({ Subject: 'Your plan for a sick day', Text: body });
    await modal.submit();
    await live.app.drain();
    await live.passTime(MINUTE);
    const [mail] = live.world.mail.messages();
    expect(mail?.subject).toBe('Your plan for a sick day');
    expect(mail?.text?.replaceAll('\r\n', '\n').startsWith(`${body}\n\n-- \n`)).toBe(true);
    expect(draftCard(live).text()).toMatch(/Edited and approved by/);
  });

  test('a rejection asks for a reason, is shown, and no mail leaves', async () => {
    const live = await open({ engine });
    await toFirstDraft(live);
    const modal = await draftCard(live).clickForModal('Reject');
    modal.fill({ 'Why?': ['Wrong tone'], Note: 'Too pushy for a first mail.' });
    await modal.submit();
    await live.app.drain();
    await live.passTime(HOUR);
    expect(live.world.mail.messages()).toEqual([]);
    expect(draftCard(live).text()).toMatch(/Rejected by/);
    expect(draftCard(live).text()).toContain('Wrong tone');
    expect(draftCard(live).text()).toContain('Too pushy for a first mail.');
  });

  test('the same seed makes the same ids and the same texts', async () => {
    const runs: string[] = [];
    for (const _ of [1, 2]) {
      const live = await open({ engine, seed: 'twice' });
      await toFirstDraft(live);
      await draftCard(live).click('Approve');
      await live.app.drain();
      await live.passTime(MINUTE);
      const mail = live.world.mail.messages()[0];
      runs.push(
        JSON.stringify([
          mail?.messageId,
          mail?.subject,
          mail?.text,
          live.world.slack.workspace.messages('#nurture-emails').map(({ text }) => text),
        ]),
      );
    }
    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).toContain('Lee');
  });
});

describe('who may decide', () => {
  test('a guest in the channel can click, is told who may, and nothing happens', async () => {
    const live = await open({});
    await toFirstDraft(live);
    await draftCard(live, 'guest').click('Approve');
    await live.app.drain();
    await live.passTime(HOUR);
    expect(live.world.mail.messages()).toEqual([]);
    const { workspace } = live.world.slack;
    const told = await waitFor(workspace, 'an answer to the guest', () => workspace.ephemerals('U0GUEST').at(-1));
    expect(told.text).toMatch(/may/i);
    expect(draftCard(live).buttons()).toContain('Approve');
  });

  test('a guest who wants to edit is told at once who may, before anything is filled in', async () => {
    const live = await open({});
    await toFirstDraft(live);
    const { workspace } = live.world.slack;
    await draftCard(live, 'guest').click('Edit');
    const told = await waitFor(workspace, 'an answer to the guest', () => workspace.ephemerals('U0GUEST').at(-1));
    expect(told.text).toMatch(/not an approver/i);
    expect(workspace.modals('U0GUEST')).toEqual([]);
  });

  test('with no approvers nobody may', async () => {
    const live = await open({
      workflow: (yaml) => yaml.replace('email_draft: [S0MARKETING, U0CARLA]', 'email_draft: []'),
    });
    await toFirstDraft(live);
    await draftCard(live, 'ana').click('Approve');
    await live.app.drain();
    await live.passTime(HOUR);
    expect(live.world.mail.messages()).toEqual([]);
  });
});

describe('over a socket', () => {
  test('the same click does the same', async () => {
    const live = await open({ mode: 'socket' });
    await toFirstDraft(live);
    await draftCard(live).click('Approve');
    await live.app.drain();
    await live.passTime(MINUTE);
    expect(live.world.mail.messages()).toHaveLength(1);
  });
});
