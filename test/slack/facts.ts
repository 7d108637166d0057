import { contentHash } from '../../src/core/canonical-json.ts';
import type { LeadFacts } from '../../src/core/facts.ts';
import type { CardFacts, DigestFacts } from '../../src/engine/card-facts.ts';
import type { StatusFacts } from '../../src/engine/status.ts';

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
