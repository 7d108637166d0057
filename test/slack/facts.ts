import { contentHash } from '../../src/core/canonical-json.ts';
import type { LeadFacts } from '../../src/core/facts.ts';
import { explainEffect } from '../../src/core/autonomy/explain.ts';
import type { PolicyEffect } from '../../src/core/autonomy/policy-effect.ts';
import { speechOf } from '../../src/engine/autonomy-speech.ts';
import type { AutonomyFacts, CellFacts } from '../../src/engine/autonomy-status.ts';
import type { CardFacts, DigestFacts, NoticeFacts, Replay } from '../../src/engine/card-facts.ts';
import type { NumbersFacts } from '../../src/engine/reviewer-numbers.ts';
import type { StatusFacts } from '../../src/engine/status.ts';
import type { WentOut } from '../../src/engine/went-out.ts';

/** Facts of cards as the engine would gather them; each test changes what it is about. */

export const noon = new Date('2026-03-10T12:00:00.000Z');
export const decisionId = '01958000-0000-7000-8000-000000000001';
export const messageId = '01958000-0000-7000-8000-000000000002';

export const maria: LeadFacts = {
  leadId: '01958000-0000-7000-8000-000000000003',
  email: 'maria@acme.example',
  firstName: 'Maria',
  lastName: 'Silva',
  company: 'Acme',
  title: 'Head of Operations',
  country: 'PT',
  language: 'en',
  timezone: 'Europe/Lisbon',
  source: 'whitepaper',
  score: 72,
  fields: { Industry: 'Logistics' },
  events: [{ type: 'downloaded', at: '2026-03-08T10:00:00.000Z', detail: 'title: The paper' }],
};

export const body =
  'Hello Maria,\n\nthank you for reading our paper on warehouse planning. Many teams ask us next how others began.\n\nWould a short call on Thursday help?\n\nBest wishes\nNora';
const footer =
  '\n\n-- \nYou get this mail because you downloaded our paper.\nNorth Ltd, 1 Main Street, Lisbon\nUnsubscribe: https://mail.example.com/u/abc\n';

export function emailFacts(change: Partial<CardFacts> = {}): CardFacts {
  const content =
    change.content === undefined ? { subject: 'A next step for Acme', body, subjectVariants: [] } : change.content;
  const text = typeof content?.['body'] === 'string' ? content['body'] : null;
  return {
    decisionId,
    kind: 'email_draft',
    workflow: 'whitepaper-nurture',
    step: 'first-mail',
    status: 'pending',
    proposalVersion: content === null ? 0 : 1,
    proposalHash: contentHash(content),
    content,
    mailText: text === null ? null : text + footer,
    rationale: 'Maria read the paper twice, so a call is the next step.',
    modelProblem: null,
    findings: [],
    tainted: [],
    lead: maria,
    priorMails: [],
    deadlineAt: new Date('2026-03-13T12:00:00.000Z'),
    settled: null,
    message: null,
    undone: null,
    ...change,
  };
}

export function scoreFacts(change: Partial<CardFacts> = {}): CardFacts {
  const content =
    change.content === undefined
      ? { score: 72, reasons: ['Read the paper twice', 'Head of Operations'] }
      : change.content;
  return { ...emailFacts({ content }), kind: 'lead_score', step: 'score', mailText: null, rationale: null, ...change };
}

export function settledBy(
  person: string,
  change: Partial<NonNullable<CardFacts['settled']>> = {},
): NonNullable<CardFacts['settled']> {
  return {
    by: { type: 'person', id: person },
    at: noon,
    verdict: 'approve',
    reasons: [],
    note: null,
    reason: null,
    route: 'review',
    because: [{ code: 'rung_0', text: 'This step has not earned any autonomy yet: people decide everything.' }],
    risk: 0.314,
    riskReasons: [{ code: 'first_touch', weight: 0.1, text: 'It is the first mail to this lead.' }],
    edited: false,
    ...change,
  };
}

export function mailOf(change: Partial<NonNullable<CardFacts['message']>> = {}): NonNullable<CardFacts['message']> {
  return {
    id: messageId,
    status: 'approved',
    reason: null,
    sendAfter: new Date('2026-03-10T12:10:00.000Z'),
    sentAt: null,
    canUndo: true,
    ...change,
  };
}

export const digestFacts: DigestFacts = {
  from: new Date('2026-11-16T00:00:00.000Z'),
  to: new Date('2026-11-23T00:00:00.000Z'),
  timezone: 'UTC',
  kinds: [
    {
      kind: 'lead_score',
      decisions: 4,
      approved: 3,
      edited: 0,
      rejected: 1,
      expired: 0,
      withdrawn: 0,
      automatic: 0,
      byPeople: 4,
      withoutProposal: 0,
    },
    {
      kind: 'email_draft',
      decisions: 56,
      approved: 41,
      edited: 5,
      rejected: 4,
      expired: 3,
      withdrawn: 2,
      automatic: 0,
      byPeople: 50,
      withoutProposal: 1,
    },
  ],
  reasons: [
    { reason: 'wrong_tone', count: 1 },
    { reason: 'wrong_fact', count: 3 },
  ],
  waiting: [{ kind: 'email_draft', count: 7, oldest: new Date('2026-11-21T09:00:00.000Z') }],
  mails: { sent: 44, uncertain: 1, failed: 0, cancelled: 2, waiting: 3 },
  leads: { added: 40, unsubscribed: 2 },
  autonomy: [],
};

export const statusFacts: StatusFacts = {
  paused: null,
  now: noon,
  workflows: [
    {
      name: 'whitepaper-nurture',
      status: 'active',
      pausedBy: null,
      version: 3,
      enrolled: { active: 12, done: 3, exited: 1 },
      waiting: [{ kind: 'email_draft', count: 4, oldest: new Date('2026-03-09T08:00:00.000Z') }],
      mails: { waiting: 3, sent7d: 20, uncertain: 1 },
      nextDue: new Date('2026-03-10T13:00:00.000Z'),
    },
  ],
};

export const numbersFacts: NumbersFacts = {
  days: 60,
  own: {
    verdicts: 41,
    medianGapMs: 48_000,
    checks: { bad: 6, caught: 5, good: 2, stopped: 0, people: 1 },
    doubles: { judged: 4, agreed: 3 },
    trusted: true,
  },
  team: null,
  isAdmin: false,
};

export const cellId = '01958000-0000-7000-8000-0000000000c1';

/** A raise as the policy tells it. */
export const raisedEffect: Extract<PolicyEffect, { type: 'raised' }> = {
  type: 'raised',
  confirmedBy: [],
  from: { rung: 1, tau: 0.12, share: 0.3 },
  to: { rung: 2, tau: 0.31, share: 0.45 },
  labels: 127,
  losses: 1,
  upper: 0.048,
  confidence: 0.95,
  eps: 0.05,
  catchRate: null,
};

/** The threshold falls by itself. */
export const loweredEffect: Extract<PolicyEffect, { type: 'lowered'; leaked: number }> = {
  type: 'lowered',
  because: 'alarm',
  from: raisedEffect.to,
  to: { rung: 0, tau: 0, share: 0 },
  suspicion: { checks: 4, failures: 2 },
  leaked: 6,
  frozen: false,
  segment: null,
  reason: 'Wrong price',
  late: false,
};

export const replayed: Replay = {
  days: 30,
  would: 41,
  rejected: 2,
  changed: 0,
  harmed: 0,
  bad: [
    {
      what: 'rejected',
      at: noon,
      reasons: ['wrong_fact', 'too_long'],
      link: 'https://slack.com/archives/C1/p1741608000000100',
    },
    { what: 'rejected', at: new Date('2026-03-02T09:00:00.000Z'), reasons: ['wrong_tone'], link: null },
  ],
};

export const address = 'whitepaper-nurture/first-mail';

/** A notice about that cell, in the policy's own words. */
export function autonomyNoticeFacts(
  effect: PolicyEffect = raisedEffect,
  raise: Partial<NonNullable<AutonomyNoticeFacts['raise']>> | null = {},
): AutonomyNoticeFacts {
  return {
    type: 'autonomy',
    cellId,
    seq: 7,
    address,
    kind: 'email_draft',
    effect,
    text: explainEffect(effect, speechOf('email_draft')) ?? '',
    raise: raise === null ? null : { open: true, agreedBy: null, since: null, replay: replayed, ...raise },
  };
}
type AutonomyNoticeFacts = Extract<NoticeFacts, { type: 'autonomy' }>;

export const cellFacts: CellFacts = {
  address,
  workflow: 'whitepaper-nurture',
  step: 'first-mail',
  kind: 'email_draft',
  epoch: 1,
  rung: 2,
  rungs: 5,
  tau: 0.31,
  share: 0.452,
  setByPerson: false,
  s: 0,
  checkRate: { least: 0.1, most: 0.5 },
  progress: { labels: 54, atLeast: 69 },
  next: '54 of at least 69 clean checks needed.',
  held: [],
  lastChange: noon,
  week: { automatic: 3, decisions: 8 },
  month: { automatic: 112, decisions: 250 },
  leak: { eligible: 150, checks: 38, leaked: 1.24, harmed: 0, upper: 9.31, confidence: 0.95 },
};

/** One step that has earned something and one that has not. */
export const autonomyFacts: AutonomyFacts = {
  now: noon,
  workflow: null,
  cells: [
    cellFacts,
    {
      ...cellFacts,
      address: 'whitepaper-nurture/score',
      step: 'score',
      kind: 'lead_score',
      rung: 0,
      rungs: null,
      tau: 0,
      share: 0,
      checkRate: null,
      progress: { labels: 12, atLeast: null },
      next: '12 of the first 50 scores, from which its ladder is drawn.',
      held: ['Raises are only proposed, set by \uE000U0ANA\uE001 (first weeks).'],
      lastChange: null,
      week: { automatic: 0, decisions: 12 },
      month: { automatic: 0, decisions: 12 },
      leak: null,
    },
  ],
};

export const wentOut: WentOut = {
  address,
  kind: 'email_draft',
  total: 2,
  items: [
    { leadName: 'Maria Silva', at: noon, risk: 0.11, mail: 'sent', undone: false, link: null },
    {
      leadName: 'Lee',
      at: noon,
      risk: 0.3,
      mail: 'approved',
      undone: false,
      link: 'https://slack.com/archives/C1/p1741608000000200',
    },
  ],
};

/** Every text that a reader of these blocks or this view would see, a line each. */
export function readable(value: unknown): string {
  return flatten(value)
    .filter((line) => line !== '')
    .join('\n');
}

function flatten(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (typeof value !== 'object' || value === null) return [];
  const node: Record<string, unknown> = { ...value };
  if (node['type'] === 'rich_text_section' || node['type'] === 'rich_text_quote')
    return [nodes(node['elements']).map(inlineText).join('')];
  if (typeof node['text'] === 'string') return [node['text']];
  return Object.entries(node).flatMap(([key, child]) => (key === 'confirm' ? [] : flatten(child)));
}

function inlineText({ text, user_id: user }: Record<string, unknown>): string {
  return typeof text === 'string' ? text : typeof user === 'string' ? `@${user}` : '';
}

/** All objects in a tree, the tree itself included. */
export function nodes(value: unknown): Array<Record<string, unknown>> {
  if (Array.isArray(value)) return value.flatMap(nodes);
  if (typeof value !== 'object' || value === null) return [];
  const node: Record<string, unknown> = { ...value };
  return [node, ...Object.values(node).flatMap(nodes)];
}

export function actionIds(value: unknown): string[] {
  return nodes(value).flatMap((node) => (typeof node['action_id'] === 'string' ? [node['action_id']] : []));
}

/** A lead that waits because its workflow asks for facts that are not known of it. */
export const factsMissing: Extract<NoticeFacts, { type: 'facts_missing' }> = {
  type: 'facts_missing',
  enrollmentId: '0190c3a0-0000-7000-8000-0000000000e1',
  step: 'first-mail',
  leadName: 'Lee Young',
  leadEmail: 'lee@acme.example',
  workflow: 'whitepaper-nurture',
  missing: ['company', 'timezone'],
  open: true,
};

/** An import whose leads wait because it is unlike the ones before. */
export const openTask: Extract<NoticeFacts, { type: 'task' }> = {
  type: 'task',
  taskId: '01958000-0000-7000-8000-00000000000b',
  workflow: 'trial-onboarding',
  step: 'call',
  leadName: 'Lee Young',
  leadEmail: 'lee@acme.example',
  text: 'Call Lee and ask how the first week went.',
  missing: [],
  deadlineAt: noon,
  status: 'open',
  closedBy: null,
  closedReason: null,
};

export const importOdd: Extract<NoticeFacts, { type: 'import_odd' }> = {
  type: 'import_odd',
  batchId: '0190c3a0-0000-7000-8000-0000000000b1',
  fileName: 'leads.csv',
  source: 'Webinar',
  created: 420,
  merged: 3,
  oddities: ['company is filled in 12 % of rows, before 94 %', 'country: “in” in 80 % of rows, before 3 %'],
  status: 'waiting',
  by: null,
};
