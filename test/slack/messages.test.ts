import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/validate-blocks.ts';
import { messageStatuses } from '../../src/core/message.ts';
import type { DigestFacts, NoticeFacts } from '../../src/engine/card-facts.ts';
import { renderDigest } from '../../src/slack/messages/digest-message.ts';
import { helpMessage } from '../../src/slack/messages/help-message.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { statusMessage } from '../../src/slack/messages/status-message.ts';
import { actionIds, decisionId, digestFacts, messageId, noon, readable, statusFacts } from './facts.ts';
import { live, payloads } from './hostile.ts';

const quiet: DigestFacts = {
  ...digestFacts,
  kinds: [],
  reasons: [],
  waiting: [],
  mails: { sent: 0, uncertain: 0, failed: 0, cancelled: 0, waiting: 0 },
  leads: { added: 0, unsubscribed: 0 },
};

describe('the weekly digest', () => {
  test('reads so', () => {
    expect(renderDigest(digestFacts).text).toMatchInlineSnapshot(`
      "Decisions, 16–22 November 2026

      People decided 54 times: 44 of 54 approved as proposed (81 %), 5 edited first, 5 rejected.
      Lead scores: 3 of 4 approved as proposed (not enough data yet), 0 edited, 1 rejected, 0 expired.
      E-mails: 41 of 50 approved as proposed (82 %), 5 edited, 4 rejected, 3 expired.
      Not in these rates: 3 that expired because nobody decided in time and 2 that were withdrawn.
      The AI made no draft once; a person was asked each time.
      Why people rejected: A fact or claim is wrong: 3; Wrong tone: 1.
      Waiting for a person now: 7 e-mails; the oldest since 2026-11-21 09:00 UTC
      44 mails sent; 1 uncertain, where a person has to look, 2 stopped before they left and 3 waiting for their time.
      40 leads added, 2 unsubscribed."
    `);
  });

  test('a week without decisions says so', () => {
    expect(readable(renderDigest(quiet).blocks)).toMatchInlineSnapshot(`
      "Decisions, 16–22 November 2026
      Nobody had anything to decide in this time.
      Waiting for a person now
      Nothing.
      Mails and leads
      0 mails sent.
      0 leads added, 0 unsubscribed."
    `);
  });

  test.for([
    [9, 9, '9 of 9 approved (not enough data yet)'],
    [41, 50, '41 of 50 approved (82 %)'],
    [999, 1000, '999 of 1,000 approved (99 %)'],
    [1, 1000, '1 of 1,000 approved (1 %)'],
    [0, 10, '0 of 10 approved (0 %)'],
    [10, 10, '10 of 10 approved (100 %)'],
  ] as const)('%i approved of %i is “%s”', ([approved, byPeople, said]) => {
    const kinds = [
      {
        kind: 'email_draft' as const,
        decisions: byPeople,
        approved,
        edited: 0,
        rejected: byPeople - approved,
        expired: 0,
        withdrawn: 0,
        automatic: 0,
        byPeople,
        withoutProposal: 0,
      },
    ];
    expect(readable(renderDigest({ ...digestFacts, kinds }).blocks)).toContain(said);
  });

  test('automatic approvals are not counted as the word of people', () => {
    const kinds = [
      {
        kind: 'email_draft' as const,
        decisions: 40,
        approved: 35,
        edited: 2,
        rejected: 3,
        expired: 0,
        withdrawn: 0,
        automatic: 20,
        byPeople: 20,
        withoutProposal: 0,
      },
    ];
    const shown = readable(renderDigest({ ...digestFacts, kinds }).blocks);
    expect(shown).toContain('15 of 20 approved (75 %)');
    expect(shown).toContain('20 were approved automatically');
  });

  test('its days are those of the workspace', () => {
    const kyiv = {
      ...digestFacts,
      timezone: 'Europe/Kyiv',
      from: new Date('2026-11-15T22:00:00Z'),
      to: new Date('2026-11-22T22:00:00Z'),
    };
    expect(renderDigest(kyiv).text).toContain('Decisions, 16–22 November 2026');
  });

  test.for([digestFacts, quiet])('Slack takes it', (facts) => {
    expect(validateBlocks(renderDigest(facts).blocks, 'message')).toEqual([]);
  });
});

const uncertain: NoticeFacts = {
  type: 'mail_uncertain',
  messageId,
  decisionId,
  workflow: 'whitepaper-nurture',
  leadName: 'Maria Silva',
  since: noon,
  status: 'uncertain',
  settledBy: null,
};
const notices: NoticeFacts[] = [
  ...messageStatuses.map(
    (status): NoticeFacts => ({ ...uncertain, status, settledBy: status === 'uncertain' ? null : 'U0ANA' }),
  ),
  { type: 'mail_failed', messageId, workflow: 'w', leadName: 'Maria', reason: '550 no such user' },
  { type: 'sender_trouble', detail: 'authentication failed', since: noon },
  { type: 'post_maybe_missing', postId: messageId, about: 'Maria', open: true },
  { type: 'post_maybe_missing', postId: messageId, about: 'Maria', open: false },
];

describe('notices', () => {
  test.for(notices)('Slack takes %o', (facts) => {
    expect(validateBlocks(renderNotice(facts).blocks, 'message')).toEqual([]);
  });

  test('an uncertain mail has three answers while it is open and none afterwards', () => {
    expect(actionIds(renderNotice(uncertain).blocks)).toHaveLength(3);
    const settled = renderNotice({ ...uncertain, status: 'sent', settledBy: 'a person says it was sent' });
    expect(actionIds(settled.blocks)).toEqual([]);
    expect(settled.text).toContain('Maria Silva: it counts as sent — a person says it was sent.');
  });

  test('nothing in them comes to life', () => {
    for (const evil of payloads) {
      const facts: NoticeFacts[] = [
        { ...uncertain, leadName: evil, workflow: evil },
        { ...uncertain, leadName: evil, status: 'sent', settledBy: evil },
        { type: 'mail_failed', messageId, workflow: evil, leadName: evil, reason: evil },
        { type: 'sender_trouble', detail: evil, since: noon },
        { type: 'post_maybe_missing', postId: messageId, about: evil, open: true },
      ];
      for (const notice of facts) expect(live(renderNotice(notice), []), evil).toEqual([]);
    }
  });
});

test('status and help are messages that Slack takes', () => {
  const paused = {
    ...statusFacts,
    paused: { by: 'U0ANA', at: noon },
    workflows: statusFacts.workflows.map((workflow) => ({ ...workflow, status: 'paused' as const, pausedBy: 'cli' })),
  };
  for (const message of [
    statusMessage(statusFacts),
    statusMessage(paused),
    statusMessage({ ...statusFacts, workflows: [] }),
    helpMessage(),
    helpMessage('There is no `x`.'),
  ])
    expect(validateBlocks(message.blocks, 'message')).toEqual([]);
  expect(readable(statusMessage(paused).blocks)).toContain('*Everything is paused* by <@U0ANA>');
});

test('what is paused names no next step and does not call itself running', () => {
  const shown = readable(statusMessage({ ...statusFacts, paused: { by: 'U0ANA', at: noon } }).blocks);
  expect(shown).toContain('held with everything, version 3');
  expect(shown).not.toMatch(/running|Next step/);
  expect(readable(statusMessage(statusFacts).blocks)).toContain('*Next step:*');
});
