import { expect, test } from 'vitest';
import { createKnownAnswers } from '../../../sandbox/openai/known-answers.ts';
import { NO_MISTAKE, type Truth } from '../../../sandbox/openai/mistakes.ts';

const WRONG = ' Your customers stop calling as soon as it is in place.';
const bad: Truth = { mistake: 'overstated', mending: { kind: 'text', wrong: WRONG, right: '', subject: null } };

const body = (name: string, wrong = ''): string =>
  `Hi ${name},\n\nThank you for downloading our white paper. I kept the part that should matter to ${name} at Nordkyl short.\n\nHere is the one thing I would look at. Technicians use it on their phone.${wrong}\n\nMore on that here: https://fieldlark.example/paper\n\nHow do you plan the day at present?\n\nNora`;

function known() {
  const answers = createKnownAnswers();
  answers.remember({ kind: 'email', body: body('Lee'), truth: NO_MISTAKE });
  answers.remember({ kind: 'email', body: body('Mia', WRONG), truth: bad });
  return { answers, mistakeIn: (text: string) => answers.truthOf(text)?.mistake };
}

test.for([
  ['as it is', (text: string) => text],
  [
    'between other words',
    (text: string) =>
      `E-mail to Somebody\nNordkyl · Sweden\nA subject\n${text}\nAdded below: Fieldlark GmbH\nApprove\nEdit`,
  ],
  ['on one line', (text: string) => text.replaceAll(/\s+/g, ' ')],
  [
    'with a mail’s line ends and footer',
    (text: string) => `${text.replaceAll('\n', '\r\n')}\r\n\r\n-- \r\nUnsubscribe: https://mail.example/u/x`,
  ],
  ['with links that lead elsewhere', (text: string) => text.replace(/https:\S+/, 'http://127.0.0.1:3001/c/abc_def')],
  ['cut in the middle', (text: string) => `${text.slice(0, 260)}…`],
] as const)('a draft is recognised %s, and so is its mistake', ([, shown]) => {
  const { mistakeIn } = known();
  expect(mistakeIn(shown(body('Lee')))).toBeNull();
  expect(mistakeIn(shown(body('Mia', WRONG)))).toBe('overstated');
});

test('an edited draft has no mistake once the words that were wrong are gone, and still has it while they are there', () => {
  const { mistakeIn } = known();
  expect(mistakeIn(body('Mia', WRONG).replace(WRONG, ''))).toBeNull();
  expect(mistakeIn(body('Mia', WRONG).replace('How do you plan', 'How did you plan'))).toBe('overstated');
});

test('a name that was put right counts as mended', () => {
  const answers = createKnownAnswers();
  const mending = { kind: 'text', wrong: 'Hi Sandra,', right: 'Hi Lee,', subject: null } as const;
  const misnamed = body('Lee').replace('Hi Lee,', 'Hi Sandra,');
  answers.remember({ kind: 'email', body: misnamed, truth: { mistake: 'wrong_name', mending } });
  expect(answers.truthOf(misnamed)?.mistake).toBe('wrong_name');
  expect(answers.truthOf(body('Lee'))?.mistake).toBeNull();
});

test('a text of somebody else is not known, however a draft begins', () => {
  const { mistakeIn } = known();
  expect(mistakeIn('')).toBeUndefined();
  expect(mistakeIn('Hi Lee,\n\nI wrote this myself.\n\nNora')).toBeUndefined();
  expect(
    mistakeIn('Hi Lee,\n\nThank you for downloading our white paper. Nothing else is the same in this mail.'),
  ).toBeUndefined();
});

test('words that were wrong in one draft are wrong in another text too', () => {
  const { mistakeIn } = known();
  expect(mistakeIn(`Dear Ann,\n\nsomething new.${WRONG}\n\nBo`)).toBe('overstated');
});

test('a score is recognised by its number and its reasons, whatever else is on the card', () => {
  const answers = createKnownAnswers();
  const reasons = ['Head of Operations can decide on this', '140 employees: large enough for a dispatcher'];
  const wrong: Truth = { mistake: 'wrong_tier', mending: { kind: 'score', score: 81, reasons } };
  answers.remember({ kind: 'score', score: 81, reasons, truth: NO_MISTAKE });
  answers.remember({ kind: 'score', score: 14, reasons, truth: wrong });
  const card = (score: number): string =>
    `Score for Lee Park\nHead of Operations · Acme · Employees: 140\n${score} of 100 — warm\n${reasons.join('\n')}\nApprove`;
  expect(answers.truthOf(card(81))?.mistake).toBeNull();
  expect(answers.truthOf(card(14))?.mistake).toBe('wrong_tier');
  expect(answers.truthOf(card(50))).toBeUndefined();
  expect(answers.truthOf('81 of 100, because I say so')).toBeUndefined();
});

test('of two that look alike the newest counts', () => {
  const answers = createKnownAnswers();
  answers.remember({ kind: 'email', body: body('Lee'), truth: { mistake: 'irrelevant', mending: null } });
  answers.remember({ kind: 'email', body: body('Lee'), truth: NO_MISTAKE });
  expect(answers.truthOf(body('Lee'))).toBe(NO_MISTAKE);
});

test('only the latest are kept', () => {
  const answers = createKnownAnswers(100);
  for (let n = 0; n < 350; n += 1) answers.remember({ kind: 'email', body: body(`Lead${n}`), truth: NO_MISTAKE });
  const kept = Array.from({ length: 350 }, (_, n) => answers.truthOf(body(`Lead${n}`)) !== undefined);
  expect(kept.lastIndexOf(false)).toBe(249);
  expect(kept.slice(250)).toEqual(Array.from({ length: 100 }, () => true));
});

test('among twenty thousand each is found by its own words', () => {
  const answers = createKnownAnswers();
  for (let n = 0; n < 20_000; n += 1)
    answers.remember({
      kind: 'email',
      body: body(`Lead${n}`, n % 10 === 0 ? WRONG : ''),
      truth: n % 10 === 0 ? bad : NO_MISTAKE,
    });
  for (let n = 0; n < 20_000; n += 997)
    expect(answers.truthOf(`Card\n${body(`Lead${n}`, n % 10 === 0 ? WRONG : '')}\nApprove`)?.mistake).toBe(
      n % 10 === 0 ? 'overstated' : null,
    );
});
