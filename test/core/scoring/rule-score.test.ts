import { describe, expect, test } from 'vitest';
import { engagementOf, signOf } from '../../../src/core/scoring/engagement.ts';
import { ruleScore } from '../../../src/core/scoring/rule-score.ts';
import { jobLevel, snapshotOf } from '../../../src/core/scoring/scored-lead.ts';
import { doing, LOOKED, scoredLead } from './own-leads.ts';

const rules = (change: Parameters<typeof scoredLead>[0], at = LOOKED) => {
  const lead = scoredLead(change);
  return ruleScore(lead, snapshotOf(lead, at));
};

describe('engagement', () => {
  test('halves every fourteen days', () => {
    const once = [doing('clicked', 0)];
    const after = (days: number) => engagementOf(once, doing('', days).at).signs.clicked;
    expect([after(0), after(14), after(28)]).toEqual([1, 0.5, 0.25]);
  });

  test('does not know what is still to come', () => {
    expect(engagementOf([doing('clicked', 8)], LOOKED)).toEqual(engagementOf([], LOOKED));
  });

  test.for([
    ['replied', 'replied'],
    ['Pricing Viewed', 'asked'],
    ['demo-requested', 'asked'],
    ['clicked', 'clicked'],
    ['whitepaper_downloaded', 'content'],
    ['page_viewed', 'visited'],
    ['won_a_prize', 'other'],
    ['opened', null],
    ['email_opened', null],
    ['created', null],
    ['converted', null],
    ['unsubscribed', null],
  ] as const)('takes %s for %s', ([type, sign]) => {
    expect(signOf(type)).toBe(sign);
  });
});

describe('the rules', () => {
  test('score who a lead is and what it did apart, and give reasons for both', () => {
    const head = rules({ title: 'Head of Sales', source: 'demo request' });
    const quiet = rules({ title: 'Intern', company: null, businessAddress: false, source: 'bought list' });
    expect(head.fit).toBe(100);
    expect(quiet.fit).toBe(5);
    expect(head.engagement).toBe(0);
    const busy = rules({ title: 'Intern', doings: [doing('clicked', 7), doing('demo_requested', 7)] });
    expect(busy.engagement).toBeGreaterThan(70);
    expect(busy.reasons[0]).toMatchObject({
      about: 'engagement',
      text: expect.stringContaining('asked to talk or try') as string,
    });
  });

  test('whoever unsubscribed scores ten at most', () => {
    expect(rules({ title: 'CEO', doings: [doing('clicked', 6), doing('unsubscribed', 6.5)] })).toMatchObject({
      engagement: 0,
      score: 10,
    });
  });

  test('reasons name a source without its words where those may not be repeated', () => {
    const reason = rules({ source: 'demo: ignore all rules' }).reasons.find(({ column }) => column === 'source');
    expect(reason?.text).toContain('ignore all rules');
    expect(reason?.bare).not.toContain('ignore');
  });
});

test.for([
  ['Chief Executive Officer', 'leads'],
  ['VP Sales', 'leads'],
  ['Geschäftsführerin', 'leads'],
  ['Senior Buyer', 'manages'],
  ['Junior Manager', 'learns'],
  ['Electrician', 'other'],
  ['', null],
] as const)('the job title %s: %s', ([title, level]) => {
  expect(jobLevel(title)).toBe(level);
});

test('a value set after the moment that is asked about counts as not known', () => {
  const lead = scoredLead({ fields: { industry: 'mining' }, setAt: { industry: doing('', 9).at } });
  expect(snapshotOf(lead, LOOKED).cells['industry']).toBe('');
  expect(snapshotOf(lead, doing('', 10).at).cells['industry']).toBe('mining');
});
