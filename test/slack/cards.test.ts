import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/validate-blocks.ts';
import { decisionStatuses, reasonCodes } from '../../src/core/decision.ts';
import type { Finding } from '../../src/core/finding.ts';
import { messageStatuses } from '../../src/core/message.ts';
import type { CardFacts } from '../../src/engine/card-facts.ts';
import { actions } from '../../src/slack/action-ids.ts';
import { renderCard } from '../../src/slack/cards/card.ts';
import { decodeRef } from '../../src/slack/decision-ref.ts';
import { whyView } from '../../src/slack/views/why-view.ts';
import { actionIds, body, emailFacts, mailOf, maria, nodes, noon, readable, scoreFacts, settledBy } from './facts.ts';
import { live, payloads } from './hostile.ts';

const nobody = {
  ...maria,
  firstName: null,
  lastName: null,
  company: null,
  title: null,
  country: null,
  fields: {},
  events: [],
};
const block: Finding = {
  code: 'placeholder',
  severity: 'block',
  field: 'body',
  text: 'A placeholder was left in: “[Name]”.',
};
const look: Finding = {
  code: 'promise',
  severity: 'look',
  field: 'body',
  text: '“We guarantee it” promises something.',
};
const huge = (length: number): string =>
  '👩‍👩‍👧‍👦 Привет, שלום & <b>. '.repeat(Math.ceil(length / 30)).slice(0, length);
const draft = (change: Record<string, unknown>) => ({
  content: { subject: 'A next step for Acme', body, subjectVariants: [], ...change },
});

describe('before the verdict', () => {
  test('an e-mail card shows everything that would leave, what to look at, and the verdicts', () => {
    expect(
      readable(renderCard(emailFacts({ findings: [look, block], tainted: ['title'] })).blocks),
    ).toMatchInlineSnapshot(`
      "E-mail to Maria Silva
      Head of Operations · Acme · PT · maria@acme.example
      Industry: Logistics · Score: 72 · First mail to this lead
      A next step for Acme
      Hello Maria,

      thank you for reading our paper on warehouse planning. Many teams ask us next how others began.

      Would a short call on Thursday help?

      Best wishes
      Nora
      Added below: You get this mail because you downloaded our paper. · North Ltd, 1 Main Street, Lisbon · Unsubscribe: https://mail.example.com/u/abc
      What to look at
      Must be edited before it can go: A placeholder was left in: “[Name]”.
      This lead's own words read like orders to an AI (see Title). Check that the AI did not follow them.
      “We guarantee it” promises something.
      Why the AI suggests it: Maria read the paper twice, so a call is the next step.
      whitepaper-nurture · first-mail · decide by <!date^1773403200^{date_short_pretty} at {time}|2026-03-13 12:00 UTC>
      Edit
      Reject
      Why?"
    `);
  });

  test('a score card shows score, tier and reasons', () => {
    expect(readable(renderCard(scoreFacts()).blocks)).toMatchInlineSnapshot(`
      "Score for Maria Silva
      Head of Operations · Acme · PT · maria@acme.example
      Industry: Logistics
      72 of 100 — hot (70 or more)
      Read the paper twice
      Head of Operations
      whitepaper-nurture · score · checks found nothing · decide by <!date^1773403200^{date_short_pretty} at {time}|2026-03-13 12:00 UTC>
      Approve
      Edit
      Reject
      Why?"
    `);
  });

  test('a score shows what was learned from own leads, or what the rules say, beside it; and is silent where that was not kept', () => {
    const reasons = [{ text: '“industry”: mining (×3.0, speaks for it)', bare: '' }];
    const learned = { scorer: 'learned-0a1b', score: 82, fit: 75, engagement: 90, chance: 0.143, reasons };
    const text = readable(renderCard(scoreFacts({ learned })).blocks);
    expect(text).toContain(
      'What we learned: 82 of 100 (fit 75, engagement 90), chance to convert 14.3 % · “industry”: mining (×3.0, speaks for it)',
    );
    expect(renderCard(scoreFacts({ learned })).text).toContain('What we learned: 82 of 100');
    const byRules = readable(
      renderCard(scoreFacts({ learned: { ...learned, scorer: 'rules-1', chance: null } })).blocks,
    );
    expect(byRules).toContain('By the rules: 82 of 100 (fit 75, engagement 90) · ');
    expect(readable(renderCard(scoreFacts()).blocks)).not.toMatch(/learned|rules/);
  });

  test('the smallest card names an unknown lead by the address and says what is not known', () => {
    expect(readable(renderCard(scoreFacts({ lead: nobody })).blocks)).toMatchInlineSnapshot(`
      "Score for maria@acme.example
      72 of 100 — hot (70 or more)
      Read the paper twice
      Head of Operations
      What to look at
      Not known about this lead: name, company and job title.
      whitepaper-nurture · score · decide by <!date^1773403200^{date_short_pretty} at {time}|2026-03-13 12:00 UTC>
      Approve
      Edit
      Reject
      Why?"
    `);
  });

  test('where the model made no draft, the card says so in human words and offers to write or to skip', () => {
    const card = renderCard(emailFacts({ content: null, modelProblem: 'refused: content_filter', rationale: null }));
    expect(readable(card.blocks)).toContain(
      'The AI declined to write this, so there is no draft. You can write it yourself, or skip it.',
    );
    expect(
      nodes(card.blocks)
        .filter(({ type }) => type === 'button')
        .map((button) => readable(button)),
    ).toEqual(['Write it', 'Skip', 'Why?']);
    expect(card.text).not.toContain('content_filter');
  });

  test('what blocks takes the approval away and is named first', () => {
    const card = renderCard(emailFacts({ findings: [look, block] }));
    expect(actionIds(card.blocks)).toEqual([actions.edit, actions.reject, actions.why]);
    expect(readable(card.blocks)).toContain(
      `What to look at\nMust be edited before it can go: ${block.text}\n${look.text}`,
    );
  });

  test('a draft that does not fit is cut with a number, and read whole before it can be approved', () => {
    const text = `${'x'.repeat(8_000)}END`;
    const card = renderCard(emailFacts(draft({ body: text })));
    expect(readable(card.blocks)).toContain('2,003 more characters do not fit here.');
    expect(actionIds(card.blocks)).toEqual([actions.showFull, actions.edit, actions.reject, actions.why]);
  });

  test('route, risk and threshold change nothing: a spot check looks like any review, to the byte', () => {
    const review = emailFacts({ settled: settledBy('U0ANA', { route: 'review', risk: 0.9 }) });
    const spotCheck = emailFacts({
      settled: settledBy('autopilot', {
        route: 'spot_check',
        risk: 0.01,
        because: [{ code: 'spot_check', text: 'It was drawn.' }],
      }),
    });
    expect(JSON.stringify(renderCard(spotCheck))).toBe(JSON.stringify(renderCard(review)));
    expect(JSON.stringify(renderCard(review))).toBe(JSON.stringify(renderCard(emailFacts())));
    expect(JSON.stringify(renderCard(emailFacts())).toLowerCase()).not.toMatch(/risk|threshold|spot.?check|route/);
  });

  test('what is known of the lead stands above the draft, and says where the rest of it is', () => {
    const fields = { notes: 'Asked whether it works with subcontractors', job_area: 'x'.repeat(600) };
    const shown = readable(renderCard(emailFacts({ lead: { ...maria, fields } })).blocks);
    expect(shown).toContain('Notes: Asked whether it works with subcontractors · Job area: xxx');
    expect(shown).toContain('xxx… (more behind “Why?”)');
    expect(shown.indexOf('Notes:')).toBeLessThan(shown.indexOf('Hello Maria,'));
    const earlier = [{ step: 'x', subject: 'A first thought', sentAt: noon.toISOString(), status: 'sent' }];
    expect(readable(renderCard(emailFacts({ priorMails: earlier })).blocks)).toContain(
      '1 earlier mail, the last one “A first thought”',
    );
  });

  test('a score gives its reasons once: the rationale that says them again is left to “Why?”', () => {
    const facts = scoreFacts({ rationale: 'She reads a lot, so she scores high.' });
    expect(JSON.stringify(renderCard(facts))).not.toContain('She reads a lot');
    expect(readable(whyView(facts).blocks)).toContain('She reads a lot');
  });

  test('a button carries ids only, and says to a screen reader what it is about', () => {
    const buttons = nodes(renderCard(emailFacts()).blocks).filter(({ type }) => type === 'button');
    for (const button of buttons) {
      expect(String(button['value']).length).toBeLessThan(200);
      expect(decodeRef(String(button['value']))).toMatchObject({ decisionId: emailFacts().decisionId, version: 1 });
      expect(button['accessibility_label']).toContain('Maria Silva');
    }
  });

  test('the text for notifications and screen readers carries the decision', () => {
    const { text } = renderCard(emailFacts({ findings: [look] }));
    for (const part of [
      'Maria Silva',
      'A next step for Acme',
      'Would a short call on Thursday help?',
      look.text,
      '2026-03-13 12:00 UTC',
    ])
      expect(text).toContain(part);
  });
});

describe('after the verdict', () => {
  const outcomes: Array<[string, Partial<CardFacts>, string]> = [
    ['approved', { status: 'approved', settled: settledBy('U0ANA') }, '✓ Approved by @U0ANA'],
    [
      'edited',
      { status: 'edited', settled: settledBy('U0ANA', { verdict: 'edit', edited: true }) },
      '✓ Edited and approved by @U0ANA',
    ],
    [
      'rejected',
      {
        status: 'rejected',
        settled: settledBy('U0BEN', { verdict: 'reject', reasons: ['wrong_tone'], note: 'Too pushy' }),
      },
      '✗ Rejected by @U0BEN — Wrong tone: “Too pushy”',
    ],
    [
      'rejected without a reason',
      { status: 'rejected', settled: settledBy('U0BEN', { verdict: 'reject', reasons: ['no_reason'] }) },
      '✗ Rejected by @U0BEN — No reason given',
    ],
    ['from a terminal', { status: 'approved', settled: settledBy('cli:ana') }, '✓ Approved by cli:ana'],
    [
      'automatic',
      { status: 'approved', settled: settledBy('gate', { by: { type: 'autopilot', id: 'gate' }, route: 'auto' }) },
      '✓ Approved automatically',
    ],
    [
      'expired',
      { status: 'expired', settled: settledBy('clock', { by: { type: 'clock', id: 'clock' } }) },
      'Expired — nobody decided in time',
    ],
    [
      'withdrawn',
      {
        status: 'withdrawn',
        settled: settledBy('s', { by: { type: 'system', id: 's' }, reason: 'the lead unsubscribed' }),
      },
      'Withdrawn: the lead unsubscribed',
    ],
  ];
  test.for(outcomes)('%s', ([, change, said]) => {
    const card = renderCard(emailFacts(change));
    expect(readable(card.blocks)).toContain(said);
    expect(actionIds(card.blocks)).toEqual([actions.why]);
    expect(card.text).toContain(said.replace(/@(U0\w+)/, '<@$1>'));
  });

  test('an approval that was undone is not shown as one, and names both people and times', () => {
    const facts = emailFacts({
      status: 'approved',
      settled: settledBy('U0ANA'),
      message: mailOf({ status: 'cancelled', reason: 'undone', canUndo: false }),
      undone: { by: 'U0BEN', at: noon },
    });
    const shown = readable(renderCard(facts).blocks);
    expect(shown).toContain('↩ Undone by @U0BEN — nothing is sent.');
    expect(shown).toContain('Approved by <@U0ANA> <!date^1773144000^');
    expect(shown).not.toContain('✓');
  });

  test('a settled draft takes a few lines, and the whole of it is one click away', () => {
    const card = renderCard(
      emailFacts({
        ...draft({ body: `${body}\n\n${'More. '.repeat(100)}` }),
        status: 'approved',
        settled: settledBy('U0ANA'),
      }),
    );
    const shown = readable(card.blocks);
    expect(shown).toContain('Hello Maria, thank you for reading our paper');
    expect(shown).toMatch(/\d+ more characters behind “Whole text”/);
    expect(shown.length).toBeLessThan(1_000);
    expect(actionIds(card.blocks)).toContain(actions.showFull);
  });

  test('why a person was asked, and the risk, appear only now', () => {
    const shown = readable(
      renderCard(emailFacts({ status: 'approved', settled: settledBy('U0ANA', { route: 'spot_check' }) })).blocks,
    );
    expect(shown).toContain('blind spot check');
    expect(shown).toContain('Estimated risk: 31 in 100');
  });

  test.for([
    [mailOf(), 'Sends <!date^1773144600^'],
    [
      mailOf({ reason: 'quiet hours in Europe/Lisbon' }),
      'Waiting until <!date^1773144600^{date_short_pretty} at {time}|2026-03-10 12:10 UTC>: quiet hours in Europe/Lisbon',
    ],
    [mailOf({ status: 'sent', sentAt: noon }), 'Sent <!date^1773144000^'],
    [mailOf({ status: 'cancelled', reason: 'the lead unsubscribed' }), 'Not sent: the lead unsubscribed'],
    [mailOf({ status: 'uncertain' }), 'Nobody knows whether it was sent'],
    [mailOf({ status: 'failed', reason: '550 no such user' }), 'Could not be sent: 550 no such user'],
  ] as const)('the mail: %o', ([message, said]) => {
    expect(
      readable(renderCard(emailFacts({ status: 'approved', settled: settledBy('U0ANA'), message })).blocks),
    ).toContain(said);
  });

  test('“Undo” stands there exactly while the mail may still be stopped', () => {
    const approved = (message: CardFacts['message'], undone: CardFacts['undone'] = null) =>
      actionIds(renderCard(emailFacts({ status: 'approved', settled: settledBy('U0ANA'), message, undone })).blocks);
    expect(approved(mailOf())).toContain(actions.undo);
    expect(approved(mailOf({ canUndo: false }))).not.toContain(actions.undo);
    expect(approved(mailOf(), { by: 'U0BEN', at: noon })).not.toContain(actions.undo);
  });
});

/** Every way a card can look, at its smallest and its largest. */
const shapes: Array<[string, CardFacts]> = (() => {
  const contents: Array<[string, Partial<CardFacts>]> = [
    ['small', {}],
    ['no draft', { content: null, modelProblem: 'invalid: schema' }],
    [
      'huge',
      {
        ...draft({ subject: huge(200), body: huge(15_000) }),
        rationale: huge(5_000),
        findings: Array.from({ length: 40 }, () => ({ ...look, text: huge(600) })),
        tainted: [huge(300)],
        lead: {
          ...maria,
          firstName: huge(300),
          company: huge(300),
          title: huge(300),
          email: `${'x'.repeat(60)}@example.com`,
        },
      },
    ],
  ];
  const statuses = decisionStatuses.flatMap((status) =>
    messageStatuses.map((mail): [string, Partial<CardFacts>] => [
      `${status}, mail ${mail}`,
      status === 'pending'
        ? {}
        : {
            status,
            settled: settledBy('U0ANA', {
              reasons: [...reasonCodes],
              note: huge(3_000),
              reason: huge(2_000),
              because: Array.from({ length: 30 }, () => ({ code: 'x', text: huge(300) })),
            }),
            message: mailOf({ status: mail, reason: huge(300) }),
          },
    ]),
  );
  return contents.flatMap(([size, content]) =>
    statuses.map(([status, change]): [string, CardFacts] => [
      `${size}, ${status}`,
      emailFacts({ ...content, ...change }),
    ]),
  );
})();

test.for(shapes)('Slack takes the card: %s', ([, facts]) => {
  const card = renderCard(facts);
  expect(validateBlocks(card.blocks, 'message')).toEqual([]);
  expect(card.text.length).toBeLessThanOrEqual(4_000);
  expect(JSON.stringify(card.blocks).length).toBeLessThan(40_000);
});

test('nothing that a lead, a model or a note says comes to life on a card', () => {
  for (const evil of payloads) {
    const lead = { ...maria, firstName: evil, lastName: evil, company: evil, title: evil, country: evil, email: evil };
    const change: Partial<CardFacts> = {
      lead,
      rationale: evil,
      tainted: [evil],
      findings: [{ ...look, text: evil }],
      priorMails: [{ step: 'x', subject: evil, sentAt: null, status: 'sent' }],
      ...draft({ subject: evil, body: evil }),
    };
    const settled = settledBy('U0ANA', {
      note: evil,
      reason: evil,
      because: [{ code: 'x', text: evil }],
      riskReasons: [{ code: 'x', weight: 1, text: evil }],
    });
    const cards = [
      emailFacts(change),
      scoreFacts({ ...change, content: { score: 1, reasons: [evil] } }),
      emailFacts({ ...change, content: null, modelProblem: evil }),
      ...(['approved', 'rejected', 'withdrawn'] as const).map((status) =>
        emailFacts({
          ...change,
          status,
          settled,
          message: mailOf({ reason: evil }),
          undone: { by: 'U0BEN', at: noon },
        }),
      ),
      emailFacts({ ...change, status: 'approved', settled: settledBy(evil), undone: { by: evil, at: noon } }),
    ];
    for (const facts of cards) expect(live(renderCard(facts), ['U0ANA', 'U0BEN']), evil).toEqual([]);
  }
  expect(payloads.length).toBeGreaterThanOrEqual(200);
});
