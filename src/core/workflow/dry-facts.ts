import { fieldOf, type LeadFacts, numberOf } from './condition.ts';
import { type ExistingLead, mergeLead } from '../lead.ts';
import type { Workflow } from '../workflow.ts';
import type { Assumptions, DryLead } from './dry-run-types.ts';
import { type FilledMail, fillMail } from './fixed-mail.ts';
import { fieldsOf } from './lead-fields.ts';
import { tagsAfter, valuesToSet } from './lead-update.ts';
import { zoneOf } from './local-time.ts';
import type { FixedMail, UpdateStep } from './step.ts';

/** Segments that a lead counts as in. */
export type SegmentsOf = (facts: LeadFacts, now: Date) => readonly string[];

/** When something of its enrollment began; null where it is not enrolled. */
type Moments = { enteredAt: Date; stepEnteredAt: Date } | null;

/** What is known of a lead in a rehearsal, and how it changes on the way. Nothing of it is written anywhere. */
export class DryFacts {
  readonly email: string;
  readonly source: string | null;
  readonly #assumed: Assumptions;
  readonly #segmentsOf: SegmentsOf;
  readonly #events: LeadFacts['events'];
  #values: ExistingLead;
  #tags: readonly string[] = [];
  #score: number | null = null;

  constructor({ lead }: DryLead, assumed: Assumptions, segmentsOf: SegmentsOf) {
    const { email, domain: _, event, ...values } = lead;
    this.email = email;
    this.source = lead.source;
    this.#assumed = assumed;
    this.#segmentsOf = segmentsOf;
    this.#events = event === null ? [] : [{ type: event.type, at: new Date(event.at) }];
    this.#values = { ...values, valuesAt: assumed.from };
  }

  zone(): string {
    return zoneOf(this.#values.timezone, null, this.#assumed.zone);
  }

  at(now: Date, moments: Moments): LeadFacts {
    const facts: LeadFacts = {
      fields: fieldsOf({ ...this.#values, email: this.email }),
      tags: this.#tags,
      score: this.#score,
      segments: [],
      events: this.#events,
      ...(moments ?? { enteredAt: this.#assumed.from }),
      zone: this.zone(),
    };
    return { ...facts, segments: this.#segmentsOf(facts, now) };
  }

  /** The score that its line states, else the assumed one, from now on. */
  scored(now: Date): number {
    this.#score = statedScore(this.at(now, null)) ?? this.#assumed.score;
    return this.#score;
  }

  /** As an update step changes it. Answers with the names of what changed. */
  update(workflow: Workflow, step: UpdateStep, at: Date): string[] {
    const set = { ...valuesToSet(this.#values, step), at, by: `workflow:${workflow.name}` };
    const { values, before } = mergeLead(this.#values, set);
    const tags = tagsAfter(this.#tags, step);
    this.#values = { ...this.#values, ...values };
    this.#tags = tags ?? this.#tags;
    return [...Object.keys(before ?? {}), ...(tags === null ? [] : ['tags'])];
  }

  fill(workflow: Workflow, mail: FixedMail, now: Date): FilledMail {
    const { valuesAt: _, sources: __, ...values } = this.#values;
    const lead = { ...values, leadId: '', email: this.email, score: this.#score, fields: {}, events: [] };
    const { allowed_links: allowedLinks, sender } = workflow;
    return fillMail(mail, this.at(now, null), { allowedLinks, sender, lead });
  }
}

/** The score that a line of the file states itself, 0…100; null where it states none. */
export function statedScore(facts: Pick<LeadFacts, 'fields'>): number | null {
  for (const name of ['score', 'lead_score']) {
    const text = fieldOf(facts, name);
    const score = text === null ? null : numberOf(text);
    if (score !== null && score >= 0 && score <= 100) return score;
  }
  return null;
}
