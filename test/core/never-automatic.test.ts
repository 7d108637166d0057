import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Kind } from '../../src/core/kinds/kind.ts';
import { isNeverAutomatic, NEVER_AUTOMATIC } from '../../src/core/never-automatic.ts';

const mail = (body: string, subject = 'A thought') => ({ subject, body, subjectVariants: [] });

test('a kind on the list is never automatic, whatever its words', () => {
  expect(isNeverAutomatic(['email_draft'], 'email_draft', mail('Hello'))).toBe(true);
  expect(isNeverAutomatic(['lead_score'], 'email_draft', mail('Hello'))).toBe(false);
  for (const kind of NEVER_AUTOMATIC) expect(isNeverAutomatic(NEVER_AUTOMATIC, kind as Kind, {})).toBe(true);
});

test.for([
  ['in the body', 'pricing', mail('our pricing is simple'), true],
  ['in the subject', 'pricing', mail('Hello', 'Pricing'), true],
  ['in another case', 'PrIcInG', mail('PRICING!'), true],
  ['between signs', 'refund', mail('(refund), they said'), true],
  ['over a line break', 'money back', mail('your money\nback'), true],
  ['with another blank', 'money back', mail('money back'), true],
  ['in letters that only look different', 'refund', mail('ｒｅｆｕｎｄ'), true],
  ['within another word', 'price', mail('priceless'), false],
  ['as two words apart', 'money back', mail('money comes back'), false],
  ['in another script', 'возврат', mail('Нужен возврат денег'), true],
  ['with an accent', 'prêt', mail('un prêt'), true],
  ['deep inside', 'refund', { reasons: ['asked for', { more: ['a refund'] }] }, true],
  ['nowhere', 'refund', mail('Hello'), false],
] as const)('a topic %s', ([, topic, content, found]) => {
  expect(isNeverAutomatic([topic], 'email_draft', content)).toBe(found);
});

test('an empty topic is no topic', () => {
  expect(isNeverAutomatic(['', '  ', '--'], 'email_draft', mail('Hello -- there'))).toBe(false);
});

test('without a proposal only its kind can stand on the list', () => {
  expect(isNeverAutomatic(['refund'], 'email_draft', null)).toBe(false);
  expect(isNeverAutomatic(['email_draft'], 'email_draft', null)).toBe(true);
});

test('a topic is found wherever its word stands in the text', () => {
  const word = fc.stringMatching(/^[a-z]{3,8}$/);
  fc.assert(
    fc.property(word, fc.array(word), fc.array(word), (topic, before, after) => {
      const body = [...before, topic.toUpperCase(), ...after].join(' ');
      expect(isNeverAutomatic([topic], 'email_draft', mail(body))).toBe(true);
    }),
    { seed: 4, numRuns: 500 },
  );
});
