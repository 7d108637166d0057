import { expect, test } from 'vitest';
import { DELAYED, outcomeTypes, provedBy } from '../../src/core/outcome.ts';

const proof = (
  type: (typeof outcomeTypes)[number],
  classification: 'human' | 'bot' | 'unknown',
  reasons: string[] = [],
) => provedBy({ type, classification, reasons })?.status ?? null;

test('only what names a mail proves that it was sent, or that it came back', () => {
  expect(outcomeTypes.map((type) => [type, proof(type, 'human'), proof(type, 'bot')])).toEqual([
    ['clicked', 'sent', null],
    ['replied', 'sent', 'sent'],
    ['converted', null, null],
    ['bounced', 'failed', 'failed'],
    ['unsubscribed', 'sent', 'sent'],
    ['complained', 'sent', 'sent'],
  ]);
});

test('a mail that is held up on its way was sent', () => {
  expect(proof('bounced', 'unknown', [DELAYED, '4.4.1'])).toBe('sent');
});
