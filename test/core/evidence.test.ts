import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonCodes } from '../../src/core/decision.ts';
import { editSize, type EvidenceFacts, labelOf, readingFloorMs } from '../../src/core/evidence.ts';

/** An approval with everything in its favour. */
const facts = (over: Partial<EvidenceFacts> = {}): EvidenceFacts => ({
  verdict: 'approve',
  actor: 'person',
  via: 'button',
  purpose: 'live',
  hasProposal: true,
  change: null,
  originalOk: null,
  reasons: [],
  markedCritical: false,
  attentionGapMs: 120_000,
  words: 100,
  openedDetails: false,
  reviewerTrusted: true,
  approvals: { counted: 0, byThisReviewer: 0 },
  leadIsTest: false,
  ...over,
});
const edit = (effort: number, majorFields: string[] = [], over: Partial<EvidenceFacts> = {}): EvidenceFacts =>
  facts({ verdict: 'edit', via: 'modal', change: { effort, majorFields }, ...over });
const passes = { counts: true, loss: 0, critical: false };
const fails = { counts: true, loss: 1, critical: false };

describe('the label of a verdict', () => {
  test('an approval as it is passes, a rejection fails', () => {
    expect(labelOf(facts())).toEqual(passes);
    expect(labelOf(facts({ verdict: 'reject', reasons: ['wrong_tone'] }))).toEqual(fails);
  });

  test.for([
    ['nothing', 0, [], passes],
    ['a tenth of the words', 0.1, [], passes],
    ['more than three tenths', 0.3001, [], fails],
    ['one word of the subject', 0.01, ['subject'], fails],
    ['a link or a price', 0, ['links or numbers'], fails],
    ['a name', 0, ['greeting'], fails],
    ['the tier of a score', 0, ['tier'], fails],
  ] as const)('an edit of %s', ([, effort, fields, label]) => {
    expect(labelOf(edit(effort, [...fields]))).toEqual(label);
  });

  test.for([0.1001, 0.2, 0.3])('an edit of %f of the words is what its reviewer says of the original', (effort) => {
    expect(editSize({ effort, majorFields: [] })).toBe('ask');
    expect(labelOf(edit(effort, [], { originalOk: true }))).toEqual(passes);
    expect(labelOf(edit(effort, [], { originalOk: false }))).toEqual(fails);
    expect(labelOf(edit(effort))).toEqual({ counts: false, because: 'original_unknown' });
  });

  test('the reviewer’s word does not make a major edit minor, nor a minor one major', () => {
    expect(labelOf(edit(0.5, [], { originalOk: true }))).toEqual(fails);
    expect(labelOf(edit(0.05, ['subject'], { originalOk: true }))).toEqual(fails);
    expect(labelOf(edit(0.05, [], { originalOk: false }))).toEqual(passes);
  });

  test('wrong person, opt-out and legal are critical, and so is what the reviewer marks', () => {
    for (const reason of reasonCodes) {
      const critical = ['wrong_person', 'opt_out', 'legal'].includes(reason);
      expect(labelOf(facts({ verdict: 'reject', reasons: ['wrong_tone', reason] }))).toEqual({ ...fails, critical });
    }
    expect(labelOf(facts({ verdict: 'reject', markedCritical: true }))).toEqual({ ...fails, critical: true });
  });
});

const WORTHLESS: Array<[string, Partial<EvidenceFacts>]> = [
  ['bypass', { via: 'cli' }],
  ['bypass', { via: 'gate' }],
  ['bypass', { via: 'system' }],
  ['test_lead', { leadIsTest: true }],
  ['hasty', { attentionGapMs: readingFloorMs(100) - 1 }],
  ['hasty', { attentionGapMs: 0 }],
  ['hasty', { attentionGapMs: -60_000 }],
  ['hasty', { attentionGapMs: null }],
  ['hasty', { attentionGapMs: Number.NaN }],
  ['hasty', { openedDetails: true, via: 'modal', attentionGapMs: 1_499 }],
  ['untrusted_reviewer', { reviewerTrusted: false }],
  ['one_reviewer', { approvals: { counted: 20, byThisReviewer: 20 } }],
  ['one_reviewer', { approvals: { counted: 100, byThisReviewer: 71 } }],
];

describe('an approval that proves nothing', () => {
  test.for(WORTHLESS)('%s: %j', ([because, over]) => {
    expect(labelOf(facts(over))).toEqual({ counts: false, because });
  });

  test('is not counted for a minor edit either', () => {
    for (const [because, over] of WORTHLESS)
      expect(labelOf({ ...edit(0.05), ...over })).toEqual({ counts: false, because });
  });

  test('who opened the whole text may be quicker than the floor, but not quicker than a hand', () => {
    expect(labelOf(facts({ openedDetails: true, attentionGapMs: 1_500 }))).toEqual(passes);
    expect(labelOf(facts({ openedDetails: true, attentionGapMs: 1_499 }))).toEqual({ counts: false, because: 'hasty' });
    expect(labelOf(facts({ openedDetails: true, attentionGapMs: null }))).toEqual({ counts: false, because: 'hasty' });
  });

  test('the floor is a second and a half and 700 words a minute', () => {
    expect(readingFloorMs(0)).toBe(1_500);
    expect(readingFloorMs(700)).toBeCloseTo(61_500, 6);
    expect(labelOf(facts({ attentionGapMs: readingFloorMs(100) }))).toEqual(passes);
  });

  test('one person’s approvals count up to twenty, and then up to seven in ten of all', () => {
    const by = (byThisReviewer: number, others: number) =>
      labelOf(facts({ approvals: { counted: byThisReviewer + others, byThisReviewer } })).counts;
    expect([by(19, 0), by(20, 0), by(20, 8), by(20, 9), by(69, 30), by(70, 30)]).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });
});

const anything: fc.Arbitrary<EvidenceFacts> = fc.record({
  verdict: fc.constantFrom('approve', 'edit', 'reject'),
  actor: fc.constantFrom('person', 'person', 'person', 'autopilot', 'clock', 'system'),
  via: fc.constantFrom('button', 'modal', 'cli', 'gate', 'clock', 'system'),
  purpose: fc.constantFrom<EvidenceFacts['purpose'][]>('live', 'live', 'live', 'seeded_check'),
  hasProposal: fc.constantFrom(true, true, true, false),
  change: fc.option(
    fc.record({
      effort: fc.double({ min: 0, max: 1, noNaN: true }),
      majorFields: fc.constantFrom<string[]>([], [], ['subject']),
    }),
  ),
  originalOk: fc.option(fc.boolean()),
  reasons: fc.subarray([...reasonCodes]),
  markedCritical: fc.boolean(),
  attentionGapMs: fc.option(fc.integer({ min: -100_000, max: 1_000_000 })),
  words: fc.nat(500),
  openedDetails: fc.boolean(),
  reviewerTrusted: fc.boolean(),
  approvals: fc
    .tuple(fc.nat(200), fc.nat(200))
    .map(([byThisReviewer, others]) => ({ counted: byThisReviewer + others, byThisReviewer })),
  leadIsTest: fc.boolean(),
});

describe('whatever else is set', () => {
  const ofPeople = anything.filter(
    ({ actor, purpose, hasProposal }) => actor === 'person' && purpose !== 'seeded_check' && hasProposal,
  );

  test('a person’s rejection of what the model proposed counts as a failure', () => {
    fc.assert(
      fc.property(ofPeople, (some) => {
        expect(labelOf({ ...some, verdict: 'reject' })).toMatchObject({ counts: true, loss: 1 });
      }),
      { seed: 21, numRuns: 1_000 },
    );
  });

  test('a major edit counts as a failure', () => {
    fc.assert(
      fc.property(ofPeople, fc.double({ min: 0.301, max: 1, noNaN: true }), (some, effort) => {
        const change = { effort, majorFields: [] };
        expect(labelOf({ ...some, verdict: 'edit', change })).toMatchObject({ counts: true, loss: 1 });
      }),
      { seed: 22, numRuns: 1_000 },
    );
  });

  test('an approval that is worthless for one reason stays so', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom(...WORTHLESS), (some, [, over]) => {
        // Only what the reason is about is set: the rest, details opened or not among it, may be anything that it does not excuse.
        const label = labelOf({ ...some, openedDetails: false, ...over, words: 100, verdict: 'approve' });
        expect(label.counts).toBe(false);
      }),
      { seed: 23, numRuns: 3_000 },
    );
  });

  test('nothing passes but a person’s own look at a model’s live proposal, by the card', () => {
    let passed = 0;
    fc.assert(
      fc.property(anything, (some) => {
        const label = labelOf(some);
        if (!label.counts || label.loss === 1) return;
        passed += 1;
        expect(some).toMatchObject({
          actor: 'person',
          purpose: 'live',
          hasProposal: true,
          reviewerTrusted: true,
          leadIsTest: false,
        });
        expect(['button', 'modal']).toContain(some.via);
        expect(label.critical).toBe(false);
      }),
      { seed: 24, numRuns: 8_000 },
    );
    expect(passed).toBeGreaterThan(30);
  });
});
