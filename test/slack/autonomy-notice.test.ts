import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/validate-blocks.ts';
import type { PolicyEffect } from '../../src/core/autonomy/policy-effect.ts';
import { marked } from '../../src/engine/autonomy-speech.ts';
import type { Replay } from '../../src/engine/card-facts.ts';
import { renderDigest } from '../../src/slack/messages/digest-message.ts';
import { replayWords } from '../../src/slack/messages/autonomy-notice.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { briefSpoken } from '../../src/slack/spoken.ts';
import {
  actionIds,
  address,
  autonomyNoticeFacts,
  cellId,
  digestFacts,
  loweredEffect,
  nodes,
  raisedEffect,
  readable,
  replayed,
} from './facts.ts';

const proposedEffect = { ...raisedEffect, type: 'proposed' } as const;

describe('the notice of a raise', () => {
  test('reads so, with what it would have done in the last 30 days', () => {
    const notice = renderNotice(autonomyNoticeFacts());
    expect(readable(notice.blocks)).toMatchInlineSnapshot(`
      "More goes without asking
      Now sending the safest 45 % of drafts without asking (was 30 %). People checked 127 drafts like these and would have stopped 1. We are at least 95 % sure fewer than 5 in 100 would be stopped (best bound 4.8), as judged by your reviewers.
      In the last 30 days this would have sent 41 drafts without asking; people rejected these 2:
      Rejected 10 Mar 2026: A fact or claim is wrong, Too long or unclear
      Rejected 2 Mar 2026: Wrong tone
      Undo
      Cap here
      whitepaper-nurture/first-mail"
    `);
    expect(notice.text).toMatchInlineSnapshot(`
      "More goes without asking

      Now sending the safest 45 % of drafts without asking (was 30 %). People checked 127 drafts like these and would have stopped 1. We are at least 95 % sure fewer than 5 in 100 would be stopped (best bound 4.8), as judged by your reviewers.

      In the last 30 days this would have sent 41 drafts without asking; people rejected these 2:
      whitepaper-nurture/first-mail"
    `);
    expect(validateBlocks(notice.blocks, 'message')).toEqual([]);
  });

  test('links to the cards of what people stopped, where they stand', () => {
    const links = nodes(renderNotice(autonomyNoticeFacts()).blocks).filter(({ type }) => type === 'link');
    expect(links).toEqual([
      { type: 'link', url: 'https://slack.com/archives/C1/p1741608000000100', text: 'Rejected 10 Mar 2026' },
    ]);
  });

  test('has its buttons while it stands; ids alone travel in them', () => {
    const notice = renderNotice(autonomyNoticeFacts());
    expect(actionIds(notice.blocks)).toEqual(['autonomy.undo', 'autonomy.cap_here']);
    const values = nodes(notice.blocks).flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
    expect(new Set(values)).toEqual(new Set([JSON.stringify({ c: cellId, n: 7 })]));
  });

  test('loses them with what ended it, and says who did', () => {
    const since = `Lowered by ${marked('U0ANA')} (the raise was undone): people are asked about all drafts now (was 45 %).`;
    const notice = renderNotice(autonomyNoticeFacts(raisedEffect, { open: false, since }));
    expect(actionIds(notice.blocks)).toEqual([]);
    expect(readable(notice.blocks)).toContain('Since then: Lowered by @U0ANA (the raise was undone)');
    expect(notice.text).toContain('Lowered by <@U0ANA> (the raise was undone)');
  });
});

describe('the notice of a proposed raise', () => {
  test('asks two people, with the replay before it', () => {
    const notice = renderNotice(autonomyNoticeFacts(proposedEffect));
    expect(actionIds(notice.blocks)).toEqual(['autonomy.agree', 'autonomy.not_now']);
    const shown = readable(notice.blocks);
    expect(shown).toContain('Proposed: sending the safest 45 % of drafts without asking (was 30 %).');
    expect(shown.indexOf('In the last 30 days')).toBeLessThan(shown.indexOf('Agree'));
  });

  test('after the first says who it was', () => {
    const notice = renderNotice(autonomyNoticeFacts(proposedEffect, { agreedBy: 'U0ANA' }));
    expect(readable(notice.blocks)).toContain('@U0ANA agreed; one more person has to.');
    expect(notice.text).toContain('<@U0ANA> agreed');
    expect(actionIds(notice.blocks)).toHaveLength(2);
  });
});

describe('what a raise would have done', () => {
  const say = (change: Partial<Replay>) => replayWords('email_draft', { ...replayed, ...change });

  const cases: Array<[change: Partial<Replay>, said: string]> = [
    [{}, 'In the last 30 days this would have sent 41 drafts without asking; people rejected these 2:'],
    [
      { would: 1, rejected: 0, bad: [] },
      'In the last 30 days this would have sent 1 draft without asking; people stopped none of them.',
    ],
    [
      { would: 0, rejected: 0, bad: [] },
      'In the last 30 days there were no drafts that this would have made a difference to.',
    ],
    [
      { rejected: 12 },
      'In the last 30 days this would have sent 41 drafts without asking; people rejected 12. The newest 2:',
    ],
    [
      { rejected: 1, changed: 1, harmed: 1, bad: [...replayed.bad, ...replayed.bad] },
      'In the last 30 days this would have sent 41 drafts without asking; people rejected 1 and changed 1 in substance; 1 did harm later:',
    ],
  ];
  test.for(cases)('%j is told so', ([change, said]) => {
    expect(say(change)).toBe(said);
  });

  test('a score is set, not sent', () => {
    expect(replayWords('lead_score', replayed)).toContain('this would have set 41 scores without asking');
  });
});

describe('other notices', () => {
  test('a fall says why and how many may have gone out, and lists them', () => {
    const notice = renderNotice(autonomyNoticeFacts(loweredEffect, null));
    expect(readable(notice.blocks)).toMatchInlineSnapshot(`
      "Threshold lowered
      Back to asking every time: 2 of the last 4 spot checks were rejected. Estimated 6 similar drafts went out.
      List what went out
      whitepaper-nurture/first-mail"
    `);
    expect(actionIds(notice.blocks)).toEqual(['autonomy.list']);
  });

  test('a failed check says that half is checked now', () => {
    const effect: PolicyEffect = {
      type: 'tightened',
      because: 'failure',
      passesNeeded: 12,
      late: false,
      reason: 'wrong price',
    };
    expect(readable(renderNotice(autonomyNoticeFacts(effect, null)).blocks)).toContain(
      'One spot check failed (wrong price). Checking half of all drafts until 12 in a row pass.',
    );
  });

  test('a freeze comes with the way out', () => {
    const effect: PolicyEffect = { ...loweredEffect, because: 'critical', frozen: true };
    expect(readable(renderNotice(autonomyNoticeFacts(effect, null)).blocks)).toContain(
      `/workflow autonomy unfreeze ${address} WHY`,
    );
  });

  test('a reason is literal, whoever wrote it, and mentions nobody', () => {
    const effect: PolicyEffect = { type: 'frozen', by: 'U0ANA', reason: '<!channel> *now*', at: raisedEffect.to };
    const notice = renderNotice(autonomyNoticeFacts(effect, null));
    expect(notice.text).toContain('Frozen by <@U0ANA> (&lt;!channel&gt; *now*)');
    expect(notice.text).not.toContain('<!channel>');
    expect(nodes(notice.blocks).filter(({ type }) => type === 'user')).toEqual([{ type: 'user', user_id: 'U0ANA' }]);
  });
});

describe('a sentence that has to be cut', () => {
  test('keeps a name whole or leaves it out', () => {
    const sentence = `Frozen by ${marked('U0ANA')} (why)`;
    expect(briefSpoken(sentence, 100)).toBe(sentence);
    for (let budget = 1; budget < sentence.length; budget++) {
      const cut = briefSpoken(sentence, budget);
      expect(cut.length, String(budget)).toBeLessThanOrEqual(budget);
      expect(cut.split('\uE000').length).toBe(cut.split('\uE001').length);
    }
  });
});

describe('the digest', () => {
  const step = {
    address,
    kind: 'email_draft',
    automatic: 41,
    decisions: 120,
    rung: 2,
    tau: 0.31,
    share: 0.452,
    setByPerson: false,
    leak: { leaked: 1.24, upper: 9.31, confidence: 0.95 },
    next: '54 of at least 69 clean checks needed.',
  } as const;
  const said = (...steps: Array<Partial<typeof step> | object>) =>
    readable(renderDigest({ ...digestFacts, autonomy: steps.map((one) => ({ ...step, ...one })) }).blocks);

  test('begins with what went without asking and why, the leak, and ends with what would raise it', () => {
    const lines = said({}).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'Decisions, 16–22 November 2026',
      'Without asking',
      `${address}: 41 of 120 e-mails. The safest 45 % may (risk up to 0.31): earned by people’s checks. An estimated 1.2 bad ones slipped through so far; at most 10 in all, with those that were caught (95 % sure).`,
    ]);
    expect(lines.slice(-2)).toEqual([
      'What would raise the next rung',
      `${address}: 54 of at least 69 clean checks needed.`,
    ]);
  });

  test('says where a person set it, where it fell, and where people decide everything', () => {
    expect(said({ setByPerson: true })).toContain('set by a person, not earned');
    expect(said({ rung: 0 })).toContain('People are asked every time again.');
    expect(said({ rung: 0, automatic: 0, leak: null })).toContain('Nothing: people were asked about everything.');
  });

  test('says of steps in which nothing was decided only how many there are', () => {
    const quiet = { address: 're-engagement/last-note', automatic: 0, decisions: 0, rung: 0, leak: null };
    const lines = said(quiet, { ...quiet, address: 'trial-onboarding/call' }, {}).split('\n');
    expect(lines.slice(-3)).toEqual([
      'What would raise the next rung',
      `${address}: 54 of at least 69 clean checks needed.`,
      '2 steps without a decision in this time: /workflow autonomy.',
    ]);
    expect(said({ ...quiet, rung: 1 })).toContain('re-engagement/last-note: 54 of at least 69');
  });

  test('has its words in the top-level text too, and of many steps the first', () => {
    const { text } = renderDigest({ ...digestFacts, autonomy: [step] });
    expect(text).toContain('Without asking: whitepaper-nurture/first-mail: 41 of 120 e-mails.');
    expect(said(...Array.from({ length: 14 }, () => ({})))).toContain('4 more steps: /workflow autonomy.');
  });
});
