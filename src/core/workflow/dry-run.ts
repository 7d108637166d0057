import type { Workflow } from '../workflow.ts';
import { DryFacts, type SegmentsOf, statedScore } from './dry-facts.ts';
import { drySummary, type DrySummary } from './dry-summary.ts';
import type { Assumptions, DryEntry, DryLead, DryWay } from './dry-run-types.ts';
import { DryWalker, type Walk } from './dry-walk.ts';
import { exitNow } from './next-step.ts';
import { armOf, firstStep, type Happening, triggeredBy, triggersOf } from './settings.ts';
import { TimeLine } from './time-line.ts';

/** Who would get what when. `assumed`: in words, all that was taken for granted. */
export type DryRun = {
  workflow: string;
  from: Date;
  until: Date;
  assumed: string[];
  summary: DrySummary;
  ways: DryWay[];
};

export type DryRunInput = {
  workflow: Workflow;
  leads: readonly DryLead[];
  assumed: Assumptions;
  /** Saved segments; null where none are known, and then a lead counts as in those that bring leads in. */
  segmentsOf: SegmentsOf | null;
};

/**
 * Leads go through a workflow with the rules that hold in earnest and a clock that jumps from one moment to the next: nothing is
 * sent, written or asked of a model. Pure, and the same for the same input. All leads share the line before the people who decide
 * (`max_pending`); each has caps, quiet hours and time zone of its own.
 */
export function dryRun(input: DryRunInput): DryRun {
  const { workflow, leads, assumed } = input;
  const office = new Office(workflow.max_pending);
  const ways = leads.map((lead) => enter(input, lead, office));
  office.run(assumed.until);
  for (const way of ways) finish(way, assumed.until);
  return {
    workflow: workflow.name,
    from: assumed.from,
    until: assumed.until,
    assumed: assumptionWords(input),
    summary: drySummary(ways, assumed),
    ways,
  };
}

type Waiting = { walk: Walk; wantsRoom: boolean };

/** The clock, and the room before the people who decide. */
class Office {
  readonly #clock = new TimeLine<Waiting>();
  readonly #line: Waiting[] = [];
  #next = 0;
  #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  begin(walk: Walk, at: Date): void {
    this.#clock.put(at, { walk, wantsRoom: false });
  }

  answered(now: Date): void {
    const first = this.#line[this.#next];
    if (first === undefined) {
      this.#room += 1;
      return;
    }
    this.#next += 1;
    this.#clock.put(now, { ...first, wantsRoom: false });
  }

  run(until: Date): void {
    for (let due = this.#clock.take(); due !== null && due.at < until; due = this.#clock.take()) {
      const { at, item } = due;
      if (item.wantsRoom) {
        if (this.#room === 0) {
          this.#line.push(item);
          continue;
        }
        this.#room -= 1;
      }
      const { done, value } = item.walk.next(at);
      if (done) continue;
      if ('room' in value) this.#clock.put(at, { walk: item.walk, wantsRoom: true });
      else this.#clock.put(value.until, { walk: item.walk, wantsRoom: false });
    }
  }
}

function enter(input: DryRunInput, lead: DryLead, office: Office): DryWay {
  const { workflow, assumed } = input;
  const facts = new DryFacts(lead, assumed, input.segmentsOf ?? (() => segmentsThatTrigger(workflow)));
  const walker = new DryWalker(lead.line, facts, { workflow, assumed, desk: office });
  const { way } = walker;
  const entry = comesIn(input, facts);
  if ('refused' in entry) {
    way.end = { status: 'left_out', step: null, why: entry.refused };
    return way;
  }
  way.arm = armOf(workflow, assumed.draw(`arm:${facts.email}`));
  const first = firstStep(workflow, way.arm);
  const { at } = entry;
  if (first === null) {
    way.end = { status: 'holdout', step: null, why: 'gets nothing: the others are compared with it' };
    way.entries.push({ at, step: null, did: 'enrolled', text: `comes in (${entry.why}) and gets nothing: holdout` });
    return way;
  }
  way.entries.push({ at, step: first.id, did: 'enrolled', text: `comes in: ${entry.why}` });
  const walk = walker.walk(first, at);
  office.begin(walk, at);
  return way;
}

type Entry = { at: Date; why: string } | { refused: string };

/** By the trigger for imports where the workflow has one; else what its triggers wait for is taken to happen at the start. */
function comesIn({ workflow, assumed, segmentsOf }: DryRunInput, lead: DryFacts): Entry {
  const added = addedBy(workflow);
  const happenings: Array<{ what: Happening; why: string }> = added
    ? [{ what: { on: 'lead_added', via: 'import', source: lead.source }, why: 'it is imported' }]
    : triggersOf(workflow).flatMap((trigger): Array<{ what: Happening; why: string }> => {
        if (trigger.on === 'event')
          return [{ what: { on: 'event', event: trigger.event }, why: `the event ${trigger.event}` }];
        if (trigger.on === 'segment')
          return [{ what: { on: 'segment', segment: trigger.segment }, why: `the segment ${trigger.segment}` }];
        return [];
      });
  const byHand = happenings.length === 0 && triggersOf(workflow).some(({ on }) => on === 'manual' || on === 'api');
  if (byHand) return atGoal(workflow, lead, assumed.from) ?? { at: assumed.from, why: 'somebody enrolls it' };
  for (let at = assumed.from; at < assumed.until; at = new Date(at.getTime() + SEGMENTS_EVERY_MS)) {
    const facts = lead.at(at, null);
    for (const { what, why } of happenings) {
      if (what.on === 'segment' && !facts.segments.includes(what.segment)) continue;
      if (triggeredBy(workflow, what, facts, at) !== null) return atGoal(workflow, lead, at) ?? { at, why };
    }
    // Only a saved segment can be come into later, as time passes.
    if (segmentsOf === null || !happenings.some(({ what }) => what.on === 'segment')) break;
  }
  return { refused: refusal(workflow, lead, added) };
}

/** As often as the program looks who came into a segment by time alone. */
const SEGMENTS_EVERY_MS = 6 * 3_600_000;

function addedBy(workflow: Workflow): boolean {
  return triggersOf(workflow).some(({ on }) => on === 'lead_added' || on === 'import');
}

function atGoal(workflow: Workflow, lead: DryFacts, now: Date): Entry | null {
  const exit = exitNow(workflow, lead.at(now, null), now);
  return exit === null ? null : { refused: `not taken in: ${exit.reason}` };
}

function refusal(workflow: Workflow, { source }: DryFacts, added: boolean): string {
  if (!added) return 'no trigger fits it';
  const sources = triggersOf(workflow).flatMap((trigger) => ('source' in trigger ? (trigger.source ?? []) : []));
  const wrong = sources.length > 0 && (source === null || !sources.includes(source));
  return wrong
    ? `no trigger asks for leads of ${source === null ? 'no source' : `the source “${source}”`}`
    : 'no trigger fits it';
}

function segmentsThatTrigger(workflow: Workflow): string[] {
  return triggersOf(workflow).flatMap((trigger) => (trigger.on === 'segment' ? [trigger.segment] : []));
}

/** Mails in their places among what happened, and nothing after the end of the rehearsal. */
function finish(way: DryWay, until: Date): void {
  way.mails = way.mails.map((mail) =>
    mail.leaves !== null && mail.leaves >= until
      ? { ...mail, leaves: null, why: 'it would leave after the end of the rehearsal' }
      : mail,
  );
  const ofMails = way.mails.flatMap(({ step, subject, approvedAt, leaves, why, deferred }): DryEntry[] => [
    ...deferred.map(({ at, text }): DryEntry => ({ at, step, did: 'deferred', text: `the mail waits: ${text}` })),
    leaves === null
      ? { at: approvedAt, step, did: 'not_sent', text: `NO MAIL: ${why ?? ''}` }
      : {
          at: leaves,
          step,
          did: 'sent',
          text: subject === null ? 'MAIL: the approved draft leaves' : `MAIL: “${subject}” leaves`,
        },
  ]);
  way.entries = [...way.entries, ...ofMails]
    .filter(({ at }) => at < until)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

function assumptionWords({ workflow, leads, assumed, segmentsOf }: DryRunInput): string[] {
  const { answerAfterMs } = assumed;
  const stated = leads.filter(({ lead }) => statedScore({ fields: lead.fields }) !== null).length;
  const steps = [...workflow.steps, ...(workflow.baseline?.steps ?? [])];
  const scored = workflow.steps.some((step) => 'decide' in step && step.decide === 'lead_score');
  const drawn = workflow.cohort !== undefined || workflow.steps.some((step) => 'split' in step);
  return [
    answerAfterMs === null
      ? 'Nobody answers any card: decisions and tasks expire.'
      : `Every decision goes to people, who approve it as it is ${durationWords(answerAfterMs)} after its card comes, by day and night; tasks are done as quickly.`,
    'Leads do nothing: nobody answers, clicks, unsubscribes or bounces. Whoever waits for an event waits in vain.',
    ...(scored && answerAfterMs !== null
      ? [
          stated === 0
            ? `Every lead scores ${assumed.score}.`
            : `${stated} of ${leads.length} leads score what their line says, the others ${assumed.score}.`,
        ]
      : []),
    ...entryWords(workflow, segmentsOf === null),
    ...(drawn ? ['Arms and splits are drawn here; in earnest the same lead may draw another one.'] : []),
    ...(steps.some((step) => 'webhook' in step) ? ['Webhooks succeed; none is called.'] : []),
    'What was sent before, by other workflows, and who may not be mailed, is not looked at.',
  ];
}

function durationWords(ms: number): string {
  const [unit, name] =
    ms % 86_400_000 === 0 && ms > 0
      ? [86_400_000, 'd']
      : ms % 3_600_000 === 0 && ms > 0
        ? [3_600_000, 'h']
        : [60_000, 'min'];
  return `${Math.round(ms / unit)} ${name}`;
}

function entryWords(workflow: Workflow, segmentsUnknown: boolean): string[] {
  if (addedBy(workflow)) return ['All leads are imported at the start, and new.'];
  const triggers = triggersOf(workflow);
  return triggers.flatMap((trigger): string[] => {
    if (trigger.on === 'event') return [`The event ${trigger.event} happens to every lead at the start.`];
    if (trigger.on === 'segment' && segmentsUnknown)
      return [`Every lead comes into the segment ${trigger.segment} at the start.`];
    if (trigger.on === 'segment') return [`Leads come in once they match the saved segment ${trigger.segment}.`];
    return triggers.length === 1 ? ['Somebody enrolls every lead at the start.'] : [];
  });
}
