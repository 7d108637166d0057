import { afterEach, expect, test } from 'vitest';
import { actions } from '../src/slack/action-ids.ts';
import { earnFirstRung, labels, standing, tell } from './engine/cell-fixtures.ts';
import { actionIds, readable } from './slack/facts.ts';
import { type LiveWorld, liveWorld } from './support/live-world.ts';

/** The whole app in its sandbox; the evidence is put into the log of one step, everything after that is pressed and typed. */

const PLACE = 'whitepaper-nurture/first-mail';
const CHANNEL = '#nurture-emails';
let live: LiveWorld;
afterEach(() => live.close());

const slack = () => live.world.slack.workspace;
const notices = () => slack().messages(CHANNEL);
const newest = () => {
  const message = notices().at(-1);
  if (!message) throw new Error('nothing was posted');
  return { ts: message.ts, shown: readable(message.blocks), ids: actionIds(message.blocks) };
};
const press = async (user: string, actionId: string, ts = newest().ts) => {
  expect(await slack().click({ user, channel: CHANNEL, ts, actionId })).toMatchObject({ acked: true, acks: 1 });
  await live.app.drain();
};
const order = async (user: string, text: string) => {
  const { body } = await slack().slash({ user, channel: CHANNEL, text: `/workflow autonomy ${text}` });
  await live.app.drain();
  return readable((body as { blocks: unknown[] }).blocks);
};

test('a raise is told with its numbers, undone with a click, and its notice says who did it', async () => {
  live = await liveWorld();
  await earnFirstRung(live.app.ctx);
  await live.app.drain();
  expect(newest().shown).toContain(
    'Now sending the safest 36 % of drafts without asking (was 0 %). People checked 69 drafts like these and would have stopped 0.',
  );
  expect(newest().ids).toEqual([actions.autonomyUndo, actions.autonomyCapHere]);
  const { ts } = newest();
  await press('U0ANA', actions.autonomyUndo, ts);
  expect((await standing(live.app.ctx)).rung).toBe(0);
  const raised = notices().find((message) => message.ts === ts);
  expect(actionIds(raised?.blocks)).toEqual([]);
  expect(readable(raised?.blocks)).toContain('Since then: Lowered by @U0ANA (the raise was undone)');
  expect(newest().shown).toContain('Lowered by @U0ANA');
});

test('in propose-only mode two people agree, on one notice', async () => {
  live = await liveWorld();
  expect(await order('U0BEN', `mode ${PLACE} propose-only the first weeks`)).toContain('Only admins');
  expect(await order('U0ANA', `mode ${PLACE} propose-only the first weeks`)).toContain('a raise is only proposed');
  await earnFirstRung(live.app.ctx);
  await live.app.drain();
  const { ts } = newest();
  await press('U0ANA', actions.autonomyAgree, ts);
  expect(newest().shown).toContain('@U0ANA agreed; one more person has to.');
  expect((await standing(live.app.ctx)).rung).toBe(0);
  await press('U0BEN', actions.autonomyAgree, ts);
  expect((await standing(live.app.ctx)).rung).toBe(1);
  expect(newest().ids).toEqual([actions.autonomyUndo, actions.autonomyCapHere]);
  expect(actionIds(notices().find((message) => message.ts === ts)?.blocks)).toEqual([]);
});

test('steering, standing and fall as people see them', async () => {
  live = await liveWorld();
  await earnFirstRung(live.app.ctx);
  await live.app.drain();
  const stands = await order('U0CARLA', '');
  expect(stands).toContain('the safest 36 % (rung 1 of 5, risk up to 0.3)');
  expect(stands).toContain('0 of the first 50 scores, from which its ladder is drawn.');
  expect(await order('U0ANA', 'freeze whitepaper-nurture/first-mial a quiet week')).toContain(`Did you mean ${PLACE}?`);
  expect(await order('U0ANA', `freeze ${PLACE} a quiet week`)).toContain('Frozen by <@U0ANA> (a quiet week)');
  expect(newest().shown).toContain('Frozen by @U0ANA (a quiet week)');
  expect(newest().shown).toContain(`/workflow autonomy unfreeze ${PLACE} WHY`);
  await tell(live.app.ctx, () => labels(live.app.ctx, 2, { loss: 1, q: 0.5, reason: 'A fact or claim is wrong' }));
  await live.app.drain();
  expect(newest().shown).toContain('Back to asking every time: 2 of the last 2 spot checks were rejected.');
  await press('U0BEN', actions.autonomyList);
  await expect.poll(() => slack().modals('U0BEN').length).toBe(1);
  expect(readable(slack().modals('U0BEN')[0]?.view['blocks'])).toContain('nothing went without asking in that time');
});
