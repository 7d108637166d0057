import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/validate-blocks.ts';
import { checkTypes, type CheckReveal } from '../../src/core/reviewers/check.ts';
import type { NumbersFacts } from '../../src/engine/reviewer-numbers.ts';
import { renderCard } from '../../src/slack/cards/card.ts';
import { revealMessage } from '../../src/slack/messages/check-reveal.ts';
import { helpMessage } from '../../src/slack/messages/help-message.ts';
import { myNumbersMessage } from '../../src/slack/messages/my-numbers.ts';
import { homeView } from '../../src/slack/views/home-view.ts';
import { emailFacts, noon, numbersFacts, readable, settledBy, statusFacts } from './facts.ts';

const said = (facts: NumbersFacts) => readable(myNumbersMessage(facts).blocks);
const own = (change: Partial<NumbersFacts['own']>) =>
  said({ ...numbersFacts, own: { ...numbersFacts.own, ...change } });
const none = { bad: 0, caught: 0, good: 0, stopped: 0, people: 0 };

describe('a reviewer’s own numbers', () => {
  test('read so', () => {
    expect(said(numbersFacts)).toMatchInlineSnapshot(`
      "*Your reviews, last 60 days – only you see this*
      • 41 cards decided, half of them within 48 s
      • Checks with a rejected draft: you caught 5 of 6
      • Checks with a good draft: you let 2 of 2 go
      • 3 of 4 cards that a second person looked at too: you both came to the same view of whether it may go
      • Your approvals count as evidence for the AI
      These numbers say how far the reviews can be relied on, and so how much the AI may do without asking. They are not for judging people, and there is no ranking. What is measured, and for how long it is kept: docs/reviewers.md."
    `);
  });

  test('are few on the first day, and say no more than is known', () => {
    const first = own({ verdicts: 1, medianGapMs: null, checks: none, doubles: { judged: 0, agreed: 0 } });
    expect(first).toContain(
      '• 1 card decided\n• No checks answered yet\n• No card yet that a second person looked at too',
    );
    expect(first).not.toMatch(/NaN|null|%/);
  });

  test('say when approvals do not count, what ends it, and that nothing else changed', () => {
    expect(own({ trusted: false })).toMatch(/do not count as evidence.*5 caught in a row.*carried out as before/);
  });

  test('show the team to admins alone, and then only as a team', () => {
    expect(said(numbersFacts)).not.toContain('The team');
    expect(said({ ...numbersFacts, isAdmin: true })).toContain('once five people have answered checks');
    const team = {
      checks: { bad: 20, caught: 17, good: 8, stopped: 1, people: 5 },
      caught: { lo: 0.62, hi: 0.97 },
      dPrime: 2.1,
    };
    const shown = said({ ...numbersFacts, isAdmin: true, team });
    expect(shown).toContain('28 checks answered by 5 people');
    expect(shown).toContain('Of 100 bad drafts they would catch 62 to 97 (95 %)');
    expect(validateBlocks(myNumbersMessage({ ...numbersFacts, isAdmin: true, team }).blocks, 'message')).toEqual([]);
  });
});

describe('that there are checks', () => {
  test('is known to everybody, from help and from the Home tab', () => {
    expect(readable(helpMessage().blocks)).toContain('A few cards in a hundred are checks');
    expect(readable(homeView(statusFacts).blocks)).toContain('`/workflow me`');
  });

  test.for(
    checkTypes.flatMap((type) =>
      (['stopped', 'let_through', 'unclear'] as const).map((answer) => [type, answer] as const),
    ),
  )('is told at once to whoever answered one: %s, %s', ([type, answer]) => {
    const reveal: CheckReveal = {
      type,
      answer,
      reasons: type === 'known_bad' ? ['wrong_fact'] : [],
      note: type === 'known_bad' ? 'No <!channel> such *plan*' : null,
      first: type === 'second' ? 'minor' : null,
      channel: 'C1',
    };
    const text = readable(revealMessage(reveal).blocks);
    expect(text).toMatch(/nothing was sent|sends nothing/);
    expect(text).not.toContain('<!channel>');
    expect(text.includes('you caught it')).toBe(type === 'known_bad' && answer === 'stopped');
    expect(text.includes('Here is what was wrong')).toBe(type === 'known_bad' && answer !== 'stopped');
  });

  test('stands on the card afterwards, in Slack’s form, with nobody’s name and no button', () => {
    const facts = emailFacts({
      status: 'withdrawn',
      settled: settledBy('reviews', { by: { type: 'system', id: 'reviews' }, verdict: 'withdraw', at: noon }),
      check: { type: 'known_bad', reasons: ['wrong_tone'], note: 'Far <!here> too pushy' },
    });
    const card = renderCard(facts);
    expect(readable(card.blocks)).toMatchInlineSnapshot(`
      "E-mail to Maria Silva
      This was a check. Nothing was sent. The draft had been rejected before: Wrong tone: “Far <!here> too pushy”
      A next step for Acme
      Hello Maria, thank you for reading our paper on warehouse planning. Many teams ask us next how others began. Would a short call on Thursday help? Best wishes Nora
      whitepaper-nurture · first-mail"
    `);
    expect(validateBlocks(card.blocks, 'message')).toEqual([]);
    expect(card.text).not.toContain('<!here>');
  });
});
