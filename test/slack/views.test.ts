import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/validate-blocks.ts';
import { validateView } from '../../sandbox/slack/validate-view.ts';
import type { CardFacts } from '../../src/engine/card-facts.ts';
import { ephemeral } from '../../src/slack/messages/ephemeral.ts';
import { refusalMessage } from '../../src/slack/messages/refusal.ts';
import { editDecisionView } from '../../src/slack/views/edit-decision-view.ts';
import { fullTextView } from '../../src/slack/views/full-text-view.ts';
import { homeView } from '../../src/slack/views/home-view.ts';
import { joinText, splitText } from '../../src/slack/views/long-text-inputs.ts';
import { refusalView } from '../../src/slack/views/refusal-view.ts';
import { rejectDecisionView } from '../../src/slack/views/reject-decision-view.ts';
import { whyView } from '../../src/slack/views/why-view.ts';
import { body, emailFacts, maria, nodes, noon, readable, scoreFacts, settledBy, statusFacts } from './facts.ts';
import { live, payloads } from './hostile.ts';

const decisionViews = { editDecisionView, rejectDecisionView, whyView, fullTextView };
const huge = (length: number): string =>
  '👩‍👩‍👧‍👦 Привет, שלום & <b>.\n\n'.repeat(Math.ceil(length / 30)).slice(0, length);
const long: Partial<CardFacts> = {
  content: { subject: 'x'.repeat(200), body: huge(15_000), subjectVariants: ['a', 'b'.repeat(200), huge(150)] },
  rationale: huge(6_000),
  findings: Array.from({ length: 60 }, (_, i) => ({
    code: `c${i}`,
    severity: i % 2 ? ('block' as const) : ('look' as const),
    text: huge(500),
  })),
  tainted: ['title'],
  lead: {
    ...maria,
    firstName: huge(200),
    fields: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`Field ${i} ${huge(60)}`, huge(300)])),
    events: Array.from({ length: 20 }, () => ({ type: huge(50), at: noon.toISOString(), detail: huge(300) })),
  },
  priorMails: Array.from({ length: 50 }, () => ({
    step: 's',
    subject: huge(200),
    sentAt: noon.toISOString(),
    status: 'sent',
  })),
};
const settled = {
  status: 'rejected' as const,
  settled: settledBy('U0ANA', {
    note: huge(1_000),
    riskReasons: Array.from({ length: 20 }, () => ({ code: 'x', weight: 0.1, text: huge(300) })),
  }),
};
const looks: Array<[string, CardFacts]> = [
  ['a small e-mail', emailFacts()],
  ['a small score', scoreFacts()],
  [
    'a score of long reasons',
    scoreFacts({ content: { score: 100, reasons: Array.from({ length: 6 }, () => huge(290)) } }),
  ],
  ['no draft', emailFacts({ content: null, modelProblem: 'truncated: length' })],
  ['no score', scoreFacts({ content: null, modelProblem: 'unavailable: timeout' })],
  ['everything long', emailFacts(long)],
  ['everything long, settled', emailFacts({ ...long, ...settled })],
];

describe.for(Object.entries(decisionViews))('%s', ([, view]) => {
  test.for(looks)('Slack takes it for %s', ([, facts]) => {
    expect(validateView(view(facts), 'modal')).toBeNull();
  });

  test('nothing in it comes to life', () => {
    for (const evil of payloads) {
      const lead = {
        ...maria,
        firstName: evil,
        company: evil,
        title: evil,
        source: evil,
        fields: { [evil]: evil },
        events: [{ type: evil, at: noon.toISOString(), detail: evil }],
      };
      const facts = emailFacts({
        lead,
        rationale: evil,
        modelProblem: evil,
        content: { subject: evil.slice(0, 200), body: `${body}${evil}`, subjectVariants: [evil.slice(0, 200)] },
        findings: [{ code: 'x', severity: 'look', text: evil }],
      });
      expect(live(view(facts), []), evil).toEqual([]);
    }
  });
});

test('before the verdict “Why?” is as blind as the card', () => {
  const spotCheck = emailFacts({ settled: settledBy('U0ANA', { route: 'spot_check', risk: 0.01 }) });
  expect(JSON.stringify(whyView(spotCheck))).toBe(JSON.stringify(whyView(emailFacts())));
  expect(JSON.stringify(whyView(spotCheck)).toLowerCase()).not.toMatch(/risk|spot.?check|threshold/);
});

test('the whole text is shown to the last character, footer included, and approved only where nothing blocks it', () => {
  const text = 'A sentence that is one of many. '.repeat(460).slice(0, 14_990).concat('THE END.');
  const facts = emailFacts({ content: { subject: 'S', body: text, subjectVariants: [] } });
  expect(readable(fullTextView(facts).blocks)).toContain(text);
  expect(readable(fullTextView(facts).blocks)).toContain('Unsubscribe: https://mail.example.com/u/abc');
  expect(fullTextView(facts).submit).toBeDefined();
  expect(fullTextView({ ...facts, findings: [{ code: 'x', severity: 'block', text: 'No.' }] }).submit).toBeUndefined();
  expect(fullTextView({ ...facts, status: 'expired', settled: settledBy('clock') }).submit).toBeUndefined();
});

test('an explanation keeps what was written, however long', () => {
  const view = refusalView(ephemeral('Too late.').blocks, huge(20_000));
  expect(validateView(view, 'modal')).toBeNull();
  expect(
    nodes(view.blocks)
      .filter(({ type }) => type === 'text')
      .map(({ text }) => text)
      .join(''),
  ).toContain(huge(20_000));
});

test('the Home tab fits with many workflows', () => {
  const many = {
    ...statusFacts,
    paused: { by: 'U0ANA', at: noon },
    workflows: Array.from({ length: 60 }, (_, i) => ({
      ...(statusFacts.workflows[0] as (typeof statusFacts.workflows)[number]),
      name: `${'w'.repeat(55)}${i}`,
    })),
  };
  expect(validateView(homeView(many), 'home')).toBeNull();
  expect(validateView(homeView({ ...statusFacts, workflows: [] }), 'home')).toBeNull();
});

test.for([
  [
    'nobody is an approver',
    {
      refusal: { code: 'not_allowed' as const, text: 'You are not an approver for this.' },
      settledBy: null,
      approvers: [],
    },
    'Nobody is named as an approver',
  ],
  [
    'a group and many people',
    {
      refusal: { code: 'not_allowed' as const, text: 'No.' },
      settledBy: null,
      approvers: ['S0MARKETING', ...Array.from({ length: 400 }, (_, i) => `U0PERSON${i}`)],
    },
    '<!subteam^S0MARKETING>',
  ],
  [
    'the clock was first',
    {
      refusal: { code: 'already_settled' as const, text: 'x' },
      settledBy: { type: 'clock' as const, id: 'clock', at: noon, status: 'expired' as const },
      approvers: [],
    },
    'This expired 1 min ago: nobody had decided in time. Nothing was changed.',
  ],
  [
    'hostile text',
    {
      refusal: { code: 'blocked' as const, text: '<!channel>'.repeat(900), findings: [] },
      settledBy: null,
      approvers: [],
    },
    '&lt;!channel&gt;',
  ],
] as const)('a refusal says who and why: %s', ([, result, said]) => {
  const message = refusalMessage(
    { ok: false, ...result, approvers: [...result.approvers] } as Parameters<typeof refusalMessage>[0],
    new Date(noon.getTime() + 60_000),
  );
  expect(message.text).toContain(said);
  expect(validateBlocks(message.blocks, 'message')).toEqual([]);
});

describe('a text in several inputs', () => {
  test('is the same to the byte when it is joined again', () => {
    const text = fc
      .array(
        fc.oneof(
          fc.constantFrom('\n', '\n\n', '\n\n\n\n', ' ', 'word', '👩‍👩‍👧‍👦', 'e\u0301', '  '),
          fc.string({ unit: 'grapheme' }),
        ),
        { maxLength: 200 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 12, max: 90 }), (whole, size) => {
        const { parts, seams } = splitText(whole, size);
        expect(joinText(parts, seams)).toBe(whole);
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(size);
      }),
      { examples: [['👩‍👩‍👧‍👦\n\n\n\n', 12]] },
    );
  });

  test('is cut at the end of a paragraph, and no part begins or ends with the line feeds between them', () => {
    const { parts, seams } = splitText(Array.from({ length: 40 }, (_, i) => `Paragraph ${i}.`).join('\n\n'), 100);
    for (const part of parts) expect(part).toMatch(/^Paragraph .*\.$/s);
    expect(new Set(seams)).toEqual(new Set([2]));
  });

  test('loses a part that was emptied together with its seam', () => {
    expect(joinText(['one', '', 'three'], [2, 2])).toBe('one\n\nthree');
    expect(joinText(['', 'two'], [2])).toBe('two');
  });
});
