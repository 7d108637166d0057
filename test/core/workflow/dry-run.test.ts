import { describe, expect, test } from 'vitest';
import { spotCheckCoin } from '../../../src/core/gate.ts';
import type { IncomingLead } from '../../../src/core/lead.ts';
import { dryRun, type DryRun, type DryRunInput } from '../../../src/core/workflow/dry-run.ts';
import type { Assumptions, DryLead } from '../../../src/core/workflow/dry-run-types.ts';
import { aWorkflow, MAIL } from './a-workflow.ts';

const HOUR = 3_600_000;
/** A Monday. */
const FROM = new Date('2026-01-05T08:00:00Z');

const assumed: Assumptions = {
  from: FROM,
  until: new Date(FROM.getTime() + 8 * 7 * 24 * HOUR),
  answerAfterMs: 4 * HOUR,
  score: 50,
  zone: 'UTC',
  approvalHoldsMs: 7 * 24 * HOUR,
  draw: (key) => spotCheckCoin('1', key),
};

let lines = 1;
function lead(change: Partial<IncomingLead> = {}): DryLead {
  const line = ++lines;
  const none = { lastName: null, title: null, country: null, language: null, source: null, event: null };
  const known = { email: `kim${line}@acme.example`, domain: 'acme.example', firstName: 'Kim', company: 'Acme' };
  return { line, lead: { ...none, ...known, timezone: null, fields: {}, ...change } };
}
const leads = (n: number, change: Partial<IncomingLead> = {}) => Array.from({ length: n }, () => lead(change));

function rehearse(
  steps: unknown[],
  more: { settings?: Record<string, unknown> } & Partial<DryRunInput> & { assume?: Partial<Assumptions> } = {},
): DryRun {
  const { settings, assume, ...input } = more;
  const workflow = aWorkflow(steps, settings);
  return dryRun({ workflow, leads: [lead()], segmentsOf: null, ...input, assumed: { ...assumed, ...assume } });
}

/** `step did` of the only lead. */
const told = ({ ways: [way] }: DryRun) => way?.entries.map(({ step, did }) => `${step ?? ''} ${did}`) ?? [];
const sentAt = ({ ways }: DryRun) =>
  ways.flatMap(({ mails }) => mails.map(({ leaves }) => leaves?.toISOString().slice(0, 16) ?? null));

const DRAFT = { id: 'draft', decide: 'email_draft', brief: 'Say hello.' };
const SCORE = { id: 'score', decide: 'lead_score', brief: 'How good?' };
const PAUSE = { id: 'pause', wait: '3d' };
const SEND = { id: 'hello', send: MAIL };

describe('who gets what when', () => {
  test('a draft is approved after the stated delay and leaves after the time for undo', () => {
    const run = rehearse([DRAFT], { settings: { undo_window: '10m' } });
    expect(told(run)).toEqual(['draft enrolled', 'draft asked', 'draft approved', 'draft ended', 'draft sent']);
    expect(sentAt(run)).toEqual(['2026-01-05T12:10']);
  });

  test('a wait after a mail counts from the moment the mail leaves, not from its approval', () => {
    const run = rehearse([SEND, PAUSE, { id: 'again', send: MAIL }], {
      settings: { quiet_hours: { from: '07:00', to: '15:00' }, cap: { mails: 3, within: '7d' } },
    });
    expect(sentAt(run)).toEqual(['2026-01-05T15:00', '2026-01-08T15:00']);
    expect(run.ways[0]?.mails[1]?.approvedAt).toEqual(new Date('2026-01-08T15:00:00Z'));
  });

  test('the same input gives the same rehearsal, another seed another draw', () => {
    const split = {
      id: 'which',
      split: [
        { name: 'a', share: 50, go: 'one' },
        { name: 'b', share: 50, go: 'two' },
      ],
    };
    const steps = [
      split,
      { id: 'one', send: MAIL, next: 'over' },
      { id: 'two', send: MAIL },
      { id: 'over', exit: 'Over' },
    ];
    const all = leads(40);
    const once = rehearse(steps, { leads: all });
    expect(rehearse(steps, { leads: all })).toEqual(once);
    const other = rehearse(steps, { leads: all, assume: { draw: (key) => spotCheckCoin('2', key) } });
    expect(sentBy(other, 'one')).not.toEqual(sentBy(once, 'one'));
    expect(sentBy(once, 'one').length).toBeGreaterThan(8);
    expect(sentBy(once, 'two').length).toBeGreaterThan(8);
  });

  const sentBy = (run: DryRun, step: string) =>
    run.ways.flatMap(({ email, mails }) => (mails.some((mail) => mail.step === step) ? [email] : []));

  test('a score comes from the file where it states one, else from the assumption, and ways part by it', () => {
    const steps = [
      SCORE,
      { id: 'good', branch: [{ when: { score: { at_least: 70 } }, go: 'hello' }, { go: 'no' }] },
      SEND,
      { id: 'no', exit: 'Too low' },
    ];
    const run = rehearse(steps, { leads: [lead({ fields: { 'Lead Score': '80' } }), lead()] });
    expect(run.ways.map(({ mails }) => mails.length)).toEqual([1, 0]);
    expect(run.assumed.join(' ')).toContain('1 of 2 leads score what their line says, the others 50.');
  });

  test('an update step changes what later steps ask for', () => {
    const steps = [
      { id: 'mark', update: { set: { stage: 'trial' }, add_tags: ['hot'] } },
      {
        id: 'way',
        branch: [{ when: { all: [{ tag: 'hot' }, { field: 'stage', is: 'trial' }] }, go: 'hello' }, { go: 'no' }],
      },
      SEND,
      { id: 'no', exit: 'Not marked' },
    ];
    expect(rehearse(steps).summary.mails.total).toBe(1);
  });

  test('a fixed mail whose fact is missing is not sent, and the lead goes on', () => {
    const run = rehearse([
      { id: 'hello', send: { subject: 'Hi {{title}}', text: 'Hello' } },
      { id: 'over', exit: 'Over' },
    ]);
    expect(told(run)).toEqual(['hello enrolled', 'hello skipped', 'over ended']);
    expect(run.summary.mails.total).toBe(0);
  });

  test('a mail that nobody could send before the rehearsal ends is not counted', () => {
    const run = rehearse([PAUSE, SEND], { assume: { until: new Date(FROM.getTime() + 24 * HOUR) } });
    expect(run.summary.mails.total).toBe(0);
    expect(run.summary.ends).toEqual([{ what: 'still at pause', leads: 1, status: 'under_way', step: 'pause' }]);
  });
});

describe('what puts mail off', () => {
  test('quiet hours where the lead is: the mail leaves when they end there', () => {
    const settings = { quiet_hours: { from: '21:00', to: '07:00' } };
    const run = rehearse([SEND], {
      settings,
      leads: [lead({ timezone: 'America/New_York' }), lead({ timezone: 'Asia/Tokyo' })],
    });
    expect(sentAt(run)).toEqual(['2026-01-05T12:00', '2026-01-05T08:00']);
    expect(run.summary.deferred).toEqual([{ because: 'quiet_hours', times: 1, leads: 1, longestMs: 4 * HOUR }]);
    expect(run.summary.mails.byHour.mon[7]).toBe(1);
    expect(run.summary.mails.byHour.mon[17]).toBe(1);
  });

  test('the cap: the mail that is too many waits until the oldest leaves the window', () => {
    const steps = [
      SEND,
      { id: 'day', wait: '1d' },
      { id: 'two', send: MAIL },
      { id: 'day2', wait: '1d' },
      { id: 'three', send: MAIL },
    ];
    const run = rehearse(steps, { settings: { cap: { mails: 2, within: '7d' } } });
    expect(sentAt(run)).toEqual(['2026-01-05T08:00', '2026-01-06T08:00', '2026-01-12T08:00']);
    expect(run.summary.deferred).toEqual([{ because: 'cap', times: 1, leads: 1, longestMs: 5 * 24 * HOUR }]);
    expect(run.summary.mails.byWeek.slice(0, 3)).toEqual([2, 1, 0]);
  });

  test('a mail that is put off for longer than its approval holds never leaves, and says why', () => {
    const steps = [SEND, { id: 'two', send: MAIL }];
    const run = rehearse(steps, { settings: { cap: { mails: 1, within: '30d' } } });
    expect(run.summary.mails.notSent).toEqual([{ why: 'it waited longer than an approval holds', mails: 1 }]);
  });
});

describe('the people who decide', () => {
  test('no more than max_pending cards wait at once; the others stand in line, and the summary says for how long', () => {
    const run = rehearse([SCORE], { settings: { max_pending: 2 }, leads: leads(5) });
    const asked = run.ways.map(({ cards: [card] }) => ((card?.at.getTime() ?? 0) - FROM.getTime()) / HOUR);
    expect(asked).toEqual([0, 0, 4, 4, 8]);
    expect(run.summary.deferred).toEqual([{ because: 'in_line', times: 3, leads: 3, longestMs: 8 * HOUR }]);
  });

  test('the busiest day is a day of theirs, with what comes on it', () => {
    const run = rehearse(
      [SCORE, { id: 'night', wait: '13h' }, DRAFT, { id: 'call', task: { text: 'Call {{first_name}}.' } }],
      {
        leads: leads(3),
        assume: { zone: 'Asia/Tokyo' },
      },
    );
    expect(run.summary.cards.byDay.map(({ day, cards }) => [day, cards])).toEqual([
      ['2026-01-05', 3],
      ['2026-01-06', 6],
    ]);
    expect(run.summary.cards.busiest?.about).toEqual({ lead_score: 0, email_draft: 3, task: 3, facts: 0 });
  });

  test('when nobody answers, decisions expire at their deadline and fallbacks are followed', () => {
    const fallback = { on_expire: 'send', mail: { subject: 'Instead', text: 'Hello' } };
    const run = rehearse([{ ...DRAFT, fallback }], { settings: { deadline: '1d' }, assume: { answerAfterMs: null } });
    expect(told(run)).toEqual(['draft enrolled', 'draft asked', 'draft expired', 'draft ended', 'draft sent']);
    expect(sentAt(run)).toEqual(['2026-01-06T08:00']);
  });

  test('an answer that would come after the deadline is none', () => {
    const run = rehearse([DRAFT], { settings: { deadline: '2h' } });
    expect(run.summary.ends).toMatchObject([{ status: 'exited', what: 'nobody decided on draft in time' }]);
  });

  test('without the facts that a workflow requires nothing is decided: people are asked, and the lead leaves in the end', () => {
    const settings = { required_fields: ['country'], deadline: '1d' };
    const run = rehearse([DRAFT], { settings, leads: [lead(), lead({ country: 'Select' }), lead({ country: 'DE' })] });
    expect(run.summary.lacked).toEqual([{ what: 'country', leads: 2 }]);
    expect(run.summary.cards.busiest?.about).toMatchObject({ email_draft: 1, facts: 2 });
    expect(run.summary.ends).toMatchObject([{ what: 'nobody filled in country in time', leads: 2 }, { leads: 1 }]);
  });

  test('a task that nobody does leads where its expiry says', () => {
    const task = { text: 'Call.', deadline: '2d', on_expire: 'hello', done: 'over' };
    const steps = [{ id: 'call', task }, SEND, { id: 'over', exit: 'Over' }];
    expect(rehearse(steps).summary.mails.total).toBe(0);
    expect(sentAt(rehearse(steps, { assume: { answerAfterMs: null } }))).toEqual(['2026-01-07T08:00']);
  });
});

describe('who comes in and who leaves', () => {
  test('leads of a source that no trigger asks for stay out, and are counted with the reason', () => {
    const settings = { trigger: { on: 'lead_added', source: ['Webinar'] } };
    const run = rehearse([SEND], { settings, leads: [lead({ source: 'Webinar' }), lead({ source: 'Fair' })] });
    expect(run.summary).toMatchObject({
      entered: 1,
      leftOut: [{ what: 'no trigger asks for leads of the source “Fair”', leads: 1 }],
    });
    expect(run.summary.mails.total).toBe(1);
  });

  test('arms are drawn by their shares; the holdout gets nothing and the baseline its own mails', () => {
    const settings = {
      cohort: { ai: 40, baseline: 40, holdout: 20 },
      baseline: { steps: [{ id: 'base', send: MAIL }] },
    };
    const run = rehearse([DRAFT], { settings, leads: leads(200) });
    const { ai, baseline, holdout } = run.summary.arms;
    expect(ai + baseline + holdout).toBe(200);
    expect(Math.abs(ai - 80)).toBeLessThan(25);
    expect(Math.abs(holdout - 40)).toBeLessThan(20);
    for (const { arm, mails } of run.ways)
      expect(mails.map(({ step }) => step)).toEqual(arm === 'holdout' ? [] : [arm === 'ai' ? 'draft' : 'base']);
    expect(run.summary.cards.total).toBe(ai);
  });

  test('a workflow that an event begins is begun by that event, which is said', () => {
    const settings = { trigger: { on: 'event', event: 'trial_started', when: { field: 'country', is: 'DE' } } };
    const run = rehearse([SEND], { settings, leads: [lead({ country: 'DE' }), lead({ country: 'FR' })] });
    expect(run.assumed).toContain('The event trial_started happens to every lead at the start.');
    expect(run.summary).toMatchObject({ entered: 1, leftOut: [{ what: 'no trigger fits it', leads: 1 }] });
  });

  test('with saved segments known, a lead comes in at the moment at which it comes to match', () => {
    const settings = { trigger: { on: 'segment', segment: 'quiet' } };
    const later = new Date(FROM.getTime() + 10 * HOUR);
    const run = rehearse([SEND], { settings, segmentsOf: (_, now) => (now >= later ? ['quiet'] : []) });
    expect(sentAt(run)).toEqual(['2026-01-05T20:00']);
  });

  test('what time alone brings about ends a wait early, and mails that were to leave later stay here', () => {
    const downloaded = { type: 'downloaded', at: '2026-01-03T20:00:00Z' } as const;
    const exit_when = [{ reason: 'Gone cold', when: { not: { event: 'downloaded', within: '2d' } } }];
    const settings = { exit_when, quiet_hours: { from: '07:00', to: '06:00' }, cap: { mails: 3, within: '7d' } };
    const run = rehearse([SEND, PAUSE], { settings, leads: [lead({ event: downloaded })] });
    expect(run.ways[0]?.end).toEqual({ status: 'exited', step: 'pause', why: 'Gone cold' });
    expect(run.summary.mails).toMatchObject({
      total: 0,
      notSent: [{ why: 'the lead left the workflow first', mails: 1 }],
    });
    expect(run.ways[0]?.entries.at(-1)).toMatchObject({ did: 'ended', at: new Date('2026-01-05T20:00:00Z') });
  });

  test('a lead that leaves while a card waits for people leaves at once', () => {
    const downloaded = { type: 'downloaded', at: '2026-01-03T10:00:00Z' } as const;
    const exit_when = [{ reason: 'Gone cold', when: { not: { event: 'downloaded', within: '2d' } } }];
    const run = rehearse([DRAFT], { settings: { exit_when }, leads: [lead({ event: downloaded })] });
    expect(told(run)).toEqual(['draft enrolled', 'draft asked', 'draft ended']);
    expect(run.ways[0]?.entries.at(-1)?.at).toEqual(new Date('2026-01-05T10:00:00Z'));
  });
});
