import { describe, expect, test } from 'vitest';
import { classifyDelivery, readable } from '../../src/email/classify-answer.ts';

const OK = '250 ok';
const ENVELOPE = [OK, OK, '354 go on'];

describe('once the message began', () => {
  test('no reply that came with a broken connection counts', () => {
    for (const last of [OK, '451 later', '554 never'])
      expect(classifyDelivery({ replies: [...ENVELOPE, last], began: true, broke: 'connection reset' }).type).toBe(
        'unknown',
      );
  });

  test.for([
    { replies: [], what: 'no replies at all' },
    { replies: [OK, OK, OK, OK], what: 'a conversation out of step' },
    { replies: [...ENVELOPE, OK, OK], what: 'one reply too many' },
    { replies: ['550 no', OK, '354 go on', OK], what: 'a refused sender' },
    { replies: [OK, '550 no', '354 go on', OK], what: 'a refused recipient' },
    { replies: [...ENVELOPE, '150 hm'], what: 'a reply of no known class' },
    { replies: [...ENVELOPE, ''], what: 'an empty reply' },
  ])('$what means unknown', ({ replies }) => {
    expect(classifyDelivery({ replies, began: true, broke: null }).type).toBe('unknown');
  });
});

test('before it began nothing is ever sent or unknown', () => {
  for (const replies of [[], [OK], [OK, OK], [OK, OK, OK], [...ENVELOPE, OK], ['999 hm'], ['']])
    expect(classifyDelivery({ replies, began: false, broke: null }).type).toBe('later');
});

test('an answer is one line of bounded length', () => {
  expect(readable('550-no\n550 no\u0000\u2028way')).toBe('550-no 550 no way');
  expect(readable('x'.repeat(5000))).toHaveLength(500);
});
