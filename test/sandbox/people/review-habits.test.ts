import { expect, test } from 'vitest';
import type { Mistake, Truth } from '../../../sandbox/openai/mistakes.ts';
import { NO_MISTAKE } from '../../../sandbox/openai/mistakes.ts';
import { drawFor } from '../../../sandbox/people/chance.ts';
import { habitsOf, opinionOn, readingMinutes, reasonFor } from '../../../sandbox/people/review-habits.ts';

const CARDS = 2_000;

function verdicts(handle: string, truth: Truth | undefined): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < CARDS; i += 1) {
    const { verdict } = opinionOn(truth, habitsOf(handle), drawFor(1, handle, `verdict on card ${i}`));
    counts[verdict] = (counts[verdict] ?? 0) + 100 / CARDS;
  }
  return counts;
}

const mended = (mistake: Mistake): Truth => ({
  mistake,
  mending: { kind: 'text', wrong: 'x', right: '', subject: null },
});

test.for([
  ['placeholder', 99],
  ['wrong_name', 98],
  ['invented_claim', 97],
  ['off_tone', 97],
  ['too_long', 95],
  ['overstated', 93],
  ['condescending', 95],
  ['irrelevant', 96],
  ['self_centred', 92],
  ['wrong_tier', 94],
  ['invented_reason', 92],
  ['obeyed', 98],
] as const)('Carla, who misses nothing more than others do, stops %s in %i of 100', ([mistake, share]) => {
  const { approve = 0 } = verdicts('carla', mended(mistake));
  expect(Math.abs(100 - approve - share)).toBeLessThan(2);
});

test('Ben is quicker and misses a little more', () => {
  const missed = (handle: string): number => verdicts(handle, mended('overstated'))['approve'] ?? 0;
  expect(missed('ben')).toBeGreaterThan(missed('carla') + 1);
  expect(readingMinutes(habitsOf('ben'), 200)).toBeLessThan(readingMinutes(habitsOf('carla'), 200));
});

test('a good one is approved, but for one in a hundred; so is one that the sandbox did not write', () => {
  for (const truth of [NO_MISTAKE, undefined]) {
    const { approve = 0, reject = 0, polish = 0 } = verdicts('ben', truth);
    expect(approve).toBeGreaterThan(98);
    expect(reject).toBeGreaterThan(0.1);
    expect(polish).toBeGreaterThan(0.1);
    expect(reject + polish).toBeLessThan(2);
  }
});

test('what one sentence mends is mended as often as this person likes; what must be written anew is rejected', () => {
  const stopped = verdicts('carla', mended('overstated'));
  const share = (stopped['mend'] ?? 0) / ((stopped['mend'] ?? 0) + (stopped['reject'] ?? 0));
  expect(Math.abs(share - 0.55)).toBeLessThan(0.04);
  expect(verdicts('carla', mended('irrelevant'))['mend']).toBeUndefined();
  expect(verdicts('carla', { mistake: 'overstated', mending: null })['mend']).toBeUndefined();
});

test('nobody reads faster than a person can', () => {
  for (const handle of ['ana', 'ben', 'carla', 'somebody'])
    for (const words of [20, 150, 400]) {
      const fastest = (1.5 + (words * 60) / 700) / 60;
      expect(readingMinutes(habitsOf(handle), words)).toBeGreaterThan(2 * fastest);
    }
});

test('every reason is one that the window offers', async () => {
  const { reasonLabels } = await import('../../../src/core/decision.ts');
  const labels = Object.values(reasonLabels);
  const mistakes: Array<Mistake | null> = [
    'placeholder',
    'wrong_name',
    'off_tone',
    'too_long',
    'irrelevant',
    'wrong_tier',
    null,
  ];
  for (const mistake of mistakes)
    expect(labels.filter((label) => reasonFor(mistake).wanted.test(label))).toHaveLength(1);
});
