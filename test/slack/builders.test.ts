import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InputBlockElement, KnownBlock, RichTextBlock } from '@slack/types';
import { type WebClient, WebAPIPlatformError } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/validate-blocks.ts';
import { validateView } from '../../sandbox/slack/validate-view.ts';
import type { PolicyEffect } from '../../src/core/autonomy/policy-effect.ts';
import { controlUsage } from '../../src/core/autonomy-order.ts';
import { decisionStatuses, reasonCodes } from '../../src/core/decision.ts';
import { stuckKinds } from '../../src/core/stuck.ts';
import { type Kind, kinds } from '../../src/core/kinds/kind.ts';
import { messageStatuses } from '../../src/core/message.ts';
import { taskStatuses } from '../../src/core/workflow/task.ts';
import { marked } from '../../src/engine/autonomy-speech.ts';
import type { AutonomyFacts, CellFacts } from '../../src/engine/autonomy-status.ts';
import type { CardFacts, DigestFacts, NoticeFacts } from '../../src/engine/card-facts.ts';
import type { StatusFacts } from '../../src/engine/status.ts';
import type { WentOut } from '../../src/engine/went-out.ts';
import { actions, INPUT_ELEMENT, views } from '../../src/slack/action-ids.ts';
import { button, buttonRow } from '../../src/slack/buttons.ts';
import { renderCard } from '../../src/slack/cards/card.ts';
import { pendingButtons, settledButtons } from '../../src/slack/cards/decision-buttons.ts';
import { kindCards } from '../../src/slack/cards/kind-cards.ts';
import { leadBlocks, leadNamed } from '../../src/slack/cards/lead-words.ts';
import { lookBlocks, pendingBlocks } from '../../src/slack/cards/pending-card.ts';
import { settledBlocks } from '../../src/slack/cards/settled-card.ts';
import { outcomeLine } from '../../src/slack/cards/settled-words.ts';
import {
  autonomyHelp,
  autonomyMessage,
  controlMessage,
  wrongOrder,
} from '../../src/slack/messages/autonomy-message.ts';
import { autonomyNotice } from '../../src/slack/messages/autonomy-notice.ts';
import { checkTypes, type CheckShown } from '../../src/core/reviewers/check.ts';
import type { NumbersFacts } from '../../src/engine/reviewer-numbers.ts';
import { renderCheck, revealMessage } from '../../src/slack/messages/check-reveal.ts';
import { renderDigest } from '../../src/slack/messages/digest-message.ts';
import { ephemeral } from '../../src/slack/messages/ephemeral.ts';
import { helpBlocks, helpMessage } from '../../src/slack/messages/help-message.ts';
import { myNumbersMessage } from '../../src/slack/messages/my-numbers.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { openAgain, type Refusal, refusalMessage } from '../../src/slack/messages/refusal.ts';
import { factsMissingNotice, importOddNotice } from '../../src/slack/messages/lead-notice.ts';
import { complaintNotice, replyNotice } from '../../src/slack/messages/reply-notice.ts';
import { stuckNotice } from '../../src/slack/messages/stuck-notice.ts';
import { heldMailNotice, taskNotice } from '../../src/slack/messages/task-notice.ts';
import { statusBlocks, statusMessage } from '../../src/slack/messages/status-message.ts';
import {
  bold,
  bullets,
  contextText,
  italic,
  mention,
  quote,
  richText,
  section,
  words,
} from '../../src/slack/rich-text.ts';
import { slackMessage } from '../../src/slack/slack-message.ts';
import { spoken } from '../../src/slack/spoken.ts';
import { createSlackSurface } from '../../src/slack/slack-surface.ts';
import { escapeMrkdwn } from '../../src/slack/text.ts';
import { editDecisionView } from '../../src/slack/views/edit-decision-view.ts';
import { editForms } from '../../src/slack/views/edit-forms.ts';
import { fillFactsView } from '../../src/slack/views/fill-facts-view.ts';
import { fullTextView } from '../../src/slack/views/full-text-view.ts';
import { homeView } from '../../src/slack/views/home-view.ts';
import { input, modal } from '../../src/slack/views/modal.ts';
import { originalInput } from '../../src/slack/views/original-question.ts';
import { refusalView, textBlocks } from '../../src/slack/views/refusal-view.ts';
import { rejectDecisionView } from '../../src/slack/views/reject-decision-view.ts';
import { wentOutView } from '../../src/slack/views/went-out-view.ts';
import { drawingView, mapView, workflowView } from '../../src/slack/views/workflow-view.ts';
import { whyView } from '../../src/slack/views/why-view.ts';
import {
  autonomyNoticeFacts,
  cellFacts,
  digestFacts,
  emailFacts,
  factsMissing,
  importOdd,
  loweredEffect,
  mailOf,
  maria,
  openTask,
  messageId,
  nodes,
  noon,
  numbersFacts,
  raisedEffect,
  scoreFacts,
  settledBy,
} from './facts.ts';

import type { WorkflowList } from '../../src/engine/list-workflows.ts';
import type { ShownWorkflow } from '../../src/engine/show-workflow.ts';
import type { LeadStory } from '../../src/engine/why-lead.ts';
import type { WorkflowLeads } from '../../src/engine/workflow-leads.ts';
import {
  section as lineSection,
  sectionsOf,
  sectionsWithin,
  smallPrint,
} from '../../src/slack/messages/line-sections.ts';
import { whyLeadMessage } from '../../src/slack/messages/why-lead.ts';
import { enrolledMessage, removedMessage } from '../../src/slack/messages/workflow-hand.ts';
import { workflowLeadsMessage } from '../../src/slack/messages/workflow-leads.ts';
import { workflowListMessage } from '../../src/slack/messages/workflow-list.ts';
import { mapMessage, mapWithoutPicture } from '../../src/slack/messages/workflow-map.ts';
import { workflowShowMessage } from '../../src/slack/messages/workflow-show.ts';
import {
  fullLeads,
  fullList,
  fullShown,
  fullStory,
  leadsFacts,
  listFacts,
  shownFacts,
  storyFacts,
} from './workflow-facts.ts';

/** Every builder of cards, views and messages at its smallest and largest input, before the stand-in's validators. */

// What texts are made of -------------------------------------------------------------------------------------------------

/** What a text of full length may consist of; each counts, escapes or cuts in a way of its own. */
const STUFF: Record<string, string> = {
  letters: 'x',
  'words and lines': 'Hello Maria, so far. \n\n',
  emoji: '😀',
  'joined emoji': '👩‍👩‍👧‍👦',
  flags: '🇩🇪',
  'letters of four bytes': '𝔘',
  'marks on one letter': 'Z̵̡̢͎̪̘̄̏͑',
  'right to left': 'مرحبا ‮ بكم ',
  ampersands: '&',
  'a mention of everybody': '<!channel>',
  quotes: '`"\'*_~>',
  'line feeds': '\n.',
  'full-width': '株式会社',
};

type Filler = (length: number) => string;
/** At most `length` UTF-16 units and as near to it as whole characters allow. */
const filler =
  (stuff: string): Filler =>
  (length) => {
    const text = stuff.repeat(Math.ceil(length / stuff.length)).slice(0, length);
    return text.isWellFormed() ? text : `${text.slice(0, -1)}x`;
  };

// The facts, full to the brim and beyond ---------------------------------------------------------------------------------

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

function content(kind: Kind, fill: Filler): Record<string, unknown> {
  switch (kind) {
    case 'email_draft':
      return {
        subject: `s${fill(198)}s`,
        body: `b${fill(14_998)}b`,
        subjectVariants: many(4, (i) => `${i}${fill(198)}v`),
      };
    case 'lead_score':
      return { score: 100, reasons: many(6, () => `r${fill(298)}r`) };
  }
}

function largest(kind: Kind, fill: Filler): Partial<CardFacts> {
  const full = content(kind, fill);
  return {
    kind,
    workflow: `w${'x'.repeat(59)}`,
    step: `s${'x'.repeat(39)}`,
    content: full,
    mailText: kind === 'email_draft' ? `${String(full['body'])}\n\n-- \n${fill(900)}` : null,
    rationale: fill(3_000),
    modelProblem: fill(600),
    findings: many(10, (i) => ({ code: 'x', severity: i % 2 === 0 ? 'block' : 'look', text: fill(3_000) })),
    tainted: many(30, () => fill(60)),
    lead: {
      ...maria,
      email: `${'x'.repeat(64)}@${'y'.repeat(60)}.example`,
      firstName: fill(300),
      lastName: fill(300),
      company: fill(300),
      title: fill(300),
      country: fill(60),
      language: fill(60),
      source: fill(300),
      fields: Object.fromEntries(many(30, (i) => [`${fill(55)}${i}`, fill(300)])),
      events: many(60, () => ({ type: fill(300), at: noon.toISOString(), detail: fill(300) })),
    },
    priorMails: many(60, () => ({ step: 'x', subject: fill(200), sentAt: noon.toISOString(), status: 'sent' })),
  };
}

function largestEnd(fill: Filler): Pick<CardFacts, 'settled' | 'message' | 'undone'> {
  const settled = settledBy('U0ANA', {
    reasons: [...reasonCodes],
    note: fill(3_000),
    reason: fill(3_000),
    because: many(30, () => ({ code: 'x', text: fill(400) })),
    riskReasons: many(60, () => ({ code: 'x', weight: 1, text: fill(3_000) })),
  });
  return { settled, message: mailOf({ reason: fill(3_000) }), undone: null };
}

const base: Record<Kind, (change: Partial<CardFacts>) => CardFacts> = {
  email_draft: emailFacts,
  lead_score: scoreFacts,
};

const NOTHING_KNOWN = {
  ...maria,
  email: '',
  firstName: null,
  lastName: null,
  company: null,
  title: null,
  country: null,
  language: null,
  timezone: null,
  source: null,
  score: null,
  fields: {},
  events: [],
};
const least: Record<Kind, Record<string, unknown>> = {
  email_draft: { subject: 's', body: 'b', subjectVariants: [] },
  lead_score: { score: 0, reasons: ['r'] },
};

type Named<T> = [name: string, value: T];

/** How a decision can stand, for a card: pending; each end with another fate of its mail; by nobody; undone. */
function ends(facts: Partial<CardFacts>, end: Pick<CardFacts, 'settled' | 'message' | 'undone'>): Partial<CardFacts>[] {
  const { settled, message } = end;
  const clock = settled && { ...settled, by: { type: 'clock' as const, id: 'clock' } };
  const mail = (i: number) => message && { ...message, status: messageStatuses[i % messageStatuses.length] ?? 'sent' };
  return [
    facts,
    ...decisionStatuses
      .filter((status) => status !== 'pending')
      .map((status, i) => ({ ...facts, ...end, status, message: mail(i) })),
    { ...facts, ...end, status: 'expired', settled: clock, message: null },
    { ...facts, ...end, status: 'approved', message: mail(5), undone: { by: 'U0BEN', at: noon } },
  ];
}

const small: Named<CardFacts>[] = kinds.flatMap((kind) => {
  const facts: Partial<CardFacts> = {
    kind,
    workflow: 'w',
    step: 's',
    lead: NOTHING_KNOWN,
    rationale: null,
    content: least[kind],
    mailText: null,
  };
  const end = {
    settled: settledBy('cli', { because: [], risk: null, riskReasons: [] }),
    message: mailOf(),
    undone: null,
  };
  return [facts, { ...facts, content: null }]
    .flatMap((one) => ends(one, end))
    .map((one): Named<CardFacts> => [`smallest ${kind}`, base[kind](one)]);
});
const large: Named<CardFacts>[] = Object.entries(STUFF).flatMap(([name, stuff]) =>
  kinds.flatMap((kind) => {
    const facts = largest(kind, filler(stuff));
    const all = [...ends(facts, largestEnd(filler(stuff))), { ...facts, content: null, mailText: null }];
    return [...all, { ...facts, findings: [], tainted: [] }].map(
      (one): Named<CardFacts> => [`largest ${kind} of ${name}`, base[kind](one)],
    );
  }),
);
const cards = [...small, ...large];
const pending = cards.filter(([, { status }]) => status === 'pending');
const settled = cards.filter(([, { status }]) => status !== 'pending');
const drafted = cards.filter(([, facts]) => facts.content !== null);

const BIG = 2_147_483_647;
function digest(fill: boolean): DigestFacts {
  const n = fill ? BIG : 0;
  return {
    ...digestFacts,
    timezone: fill ? 'America/Argentina/ComodRivadavia' : 'UTC',
    kinds: fill
      ? kinds.map((kind) => ({
          kind,
          decisions: n,
          approved: n,
          edited: n,
          rejected: n,
          expired: n,
          withdrawn: n,
          automatic: n,
          byPeople: n,
          withoutProposal: n,
        }))
      : [],
    reasons: fill ? reasonCodes.map((reason) => ({ reason, count: n })) : [],
    waiting: fill ? kinds.map((kind) => ({ kind, count: n, oldest: noon })) : [],
    mails: { sent: n, uncertain: n, failed: n, cancelled: n, waiting: n },
    leads: { added: n, unsubscribed: n },
    autonomy: many(fill ? 40 : 0, () => ({
      address: `${'w'.repeat(60)}/${'s'.repeat(40)}`,
      kind: 'email_draft' as const,
      automatic: n,
      decisions: n,
      rung: 5,
      tau: 0.99,
      share: 0.8,
      setByPerson: true,
      leak: { leaked: n, upper: n, confidence: 0.95 },
      next: `${'x'.repeat(600)}${marked('U0ANA')}`,
    })),
  };
}

function standing(fill: Filler, length: number): StatusFacts {
  const count = length === 1 ? 0 : 200;
  return {
    now: noon,
    paused: count === 0 ? null : { by: fill(300), at: noon },
    workflows: many(count, (i) => ({
      name: `w${'x'.repeat(57)}${i % 10}`,
      status: (['active', 'paused', 'archived'] as const)[i % 3] ?? 'active',
      pausedBy: fill(80),
      version: BIG,
      enrolled: { active: BIG, done: BIG, exited: BIG },
      waiting: kinds.map((kind) => ({ kind, count: BIG, oldest: noon })),
      mails: { waiting: BIG, sent7d: BIG, uncertain: BIG },
      nextDue: noon,
    })),
  };
}

function notices(fill: Filler, length: number): NoticeFacts[] {
  const text = fill(length);
  const about = { messageId, decisionId: messageId, workflow: 'w'.repeat(60), leadName: text, since: noon };
  return [
    ...messageStatuses.map((status) => ({ type: 'mail_uncertain' as const, ...about, status, settledBy: text })),
    { type: 'mail_uncertain', ...about, status: 'sent', settledBy: null },
    { type: 'mail_failed', messageId, workflow: 'w', leadName: text, reason: text },
    { type: 'sender_trouble', detail: text, since: noon },
    { type: 'post_maybe_missing', postId: messageId, about: text, open: true },
    { type: 'post_maybe_missing', postId: messageId, about: text, open: false },
  ];
}

function stuckNotices(fill: Filler, length: number): Array<Extract<NoticeFacts, { type: 'stuck' }>> {
  const shown = Math.min(length, 15);
  const stuck = Array.from({ length: shown }, (_, i) => ({
    leadName: fill(60),
    leadEmail: i % 3 === 0 ? null : fill(200),
    workflow: fill(60),
    step: fill(40),
    kind: stuckKinds[i % stuckKinds.length] ?? ('overdue' as const),
    since: noon,
  }));
  return [
    { type: 'stuck', leads: stuck, more: length - shown },
    { type: 'stuck', leads: [], more: 0 },
  ];
}

function taskNotices(fill: Filler, length: number): Array<Extract<NoticeFacts, { type: 'task' }>> {
  const full = length > 1;
  return taskStatuses.flatMap((status) =>
    (status === 'done' || status === 'skipped' ? ['U0ANA', null] : [null]).map((closedBy) => ({
      ...openTask,
      status,
      closedBy,
      leadName: fill(full ? 600 : 1),
      leadEmail: full ? `${'x'.repeat(64)}@${'y'.repeat(180)}.example` : null,
      text: fill(full ? length : 1),
      missing: many(full ? 20 : 0, () => fill(60)),
      closedReason: status === 'withdrawn' ? fill(full ? 120 : 1) : null,
    })),
  );
}

function factsMissingNotices(fill: Filler, length: number): Array<Extract<NoticeFacts, { type: 'facts_missing' }>> {
  const full = length > 1;
  const missing = many(full ? 30 : 1, (i) => fill(full ? 60 : 1) + String(i));
  const facts = { ...factsMissing, leadName: fill(full ? 600 : 1), missing };
  return [facts, { ...facts, open: false }, { ...facts, open: false, missing: [] }];
}

function oddImports(fill: Filler, length: number): Array<Extract<NoticeFacts, { type: 'import_odd' }>> {
  const full = length > 1;
  const facts = {
    ...importOdd,
    fileName: fill(full ? 255 : 1),
    oddities: many(full ? 30 : 1, () => fill(full ? 300 : 1)),
  };
  return [
    facts,
    { ...facts, status: 'released', by: 'person:U0ANA' },
    { ...facts, status: 'undone', by: 'person:terminal' },
  ];
}

type Replied = Extract<NoticeFacts, { type: 'lead_replied' }>;
function replies(fill: Filler, length: number): Replied[] {
  const full = length > 1;
  const facts = {
    type: 'lead_replied' as const,
    leadName: fill(full ? 600 : 1),
    leadEmail: full ? `${'x'.repeat(64)}@${'y'.repeat(180)}.example` : null,
    workflow: 'w'.repeat(full ? 60 : 1),
    subject: full ? fill(200) : null,
    text: full ? fill(length) : null,
    fromAnother: full ? fill(300) : null,
    looksLikeInstruction: full,
    stopped: many(full ? 20 : 0, (i) => `${'w'.repeat(58)}${i}`),
    blame: full ? { outcomeId: '01958000-0000-7000-8000-00000000000a', by: null } : null,
    at: noon,
  };
  return (['complete', 'cut', 'no_words', 'unreadable', 'erased'] as const).flatMap((note) => [
    { ...facts, note, optedOut: false },
    { ...facts, note, optedOut: true },
  ]);
}

/** What a person may have written as a reason, with somebody named in it. */
const signed = (fill: Filler, length: number) => `${fill(Math.min(length, 200))} ${marked('U0ANA')}`;

function standings(fill: Filler, length: number): AutonomyFacts[] {
  const full = length > 1;
  const one: CellFacts = {
    ...cellFacts,
    address: full ? `${'w'.repeat(60)}/${'s'.repeat(40)}:email_draft` : 'w/s',
    workflow: 'w',
    step: full ? 's'.repeat(40) : 's',
    rung: full ? 5 : 0,
    share: full ? 0.8 : 0,
    checkRate: full ? { least: 0.05, most: 0.5 } : null,
    next: full ? `${signed(fill, length)} ${signed(fill, length)}` : 'x',
    held: many(full ? 5 : 0, () => signed(fill, length)),
    week: { automatic: full ? BIG : 0, decisions: full ? BIG : 0 },
    month: { automatic: full ? BIG : 0, decisions: full ? BIG : 0 },
    leak: full ? { eligible: BIG, checks: BIG, leaked: BIG, harmed: BIG, upper: BIG, confidence: 0.95 } : null,
  };
  return [0, 1, 12, 40].map((count) => ({
    now: noon,
    workflow: full ? 'w'.repeat(60) : null,
    cells: many(count, () => one),
  }));
}

function autonomyNotices(fill: Filler, length: number): Array<Extract<NoticeFacts, { type: 'autonomy' }>> {
  const full = length > 1;
  const long = full ? `${'w'.repeat(60)}/${'s'.repeat(40)}:email_draft` : 'w/s';
  const bad = many(full ? 10 : 0, (i) => ({
    what: (['rejected', 'changed', 'harmed'] as const)[i % 3] ?? 'rejected',
    at: noon,
    reasons: [...reasonCodes],
    link: i % 2 === 0 ? `https://slack.com/archives/${'C'.repeat(20)}/p${i}` : null,
  }));
  const n = full ? BIG : 0;
  const replay = { days: 30, would: n, rejected: n, changed: n, harmed: n, bad };
  const raise = { replay, since: full ? signed(fill, length) : null, agreedBy: full ? 'U0ANA' : null };
  const reason = full ? fill(200) : 'x';
  const by = full ? 'U0ANA' : 'cli';
  const effects: PolicyEffect[] = [
    loweredEffect,
    { ...loweredEffect, because: 'critical', frozen: true, reason },
    { type: 'lowered', because: 'cap', from: raisedEffect.to, to: raisedEffect.from, by, reason },
    { type: 'restarted', because: 'recovery', from: raisedEffect.from, epoch: 2 },
    { type: 'restarted', because: 'reset', from: raisedEffect.from, epoch: 2, by, reason },
    { type: 'restarted', because: 'version', from: raisedEffect.from, epoch: 2, changed: 'scorer' },
    { type: 'tightened', because: 'failure', passesNeeded: 12, late: false, reason },
    { type: 'relaxed' },
    { type: 'frozen', by, reason, at: raisedEffect.to },
    { type: 'unfrozen', by, reason },
    { type: 'capped', tau: 0.31, by, reason },
    { type: 'uncapped', by, reason },
    { type: 'restored', from: raisedEffect.from, to: raisedEffect.to, by, reason, earned: false },
    { type: 'earned', at: raisedEffect.to, by },
    { type: 'mode_changed', proposeOnly: true, by, reason },
    { type: 'mode_changed', proposeOnly: false, by, reason },
    { type: 'proposal_withdrawn', rung: 2, by },
  ];
  return kinds.flatMap((kind) => [
    ...effects.map((effect) => ({ ...autonomyNoticeFacts(effect, null), kind, address: long })),
    ...([raisedEffect, { ...raisedEffect, type: 'proposed' }] as const).flatMap((effect) =>
      [true, false].map((open) => ({ ...autonomyNoticeFacts(effect, { ...raise, open }), kind, address: long })),
    ),
  ]);
}

function gone(fill: Filler, length: number): WentOut {
  const full = length > 1;
  return {
    address: full ? `${'w'.repeat(60)}/${'s'.repeat(40)}` : 'w/s',
    kind: 'email_draft',
    total: full ? BIG : 0,
    items: many(full ? 40 : 0, (i) => ({
      leadName: fill(300),
      at: noon,
      risk: 0.5,
      mail: messageStatuses[i % messageStatuses.length] ?? null,
      undone: i % 2 === 0,
      link: `https://slack.com/archives/C1/p${i}`,
    })),
  };
}

function refusals(fill: Filler, length: number): Refusal[] {
  const text = fill(length);
  const by = (type: 'person' | 'autopilot' | 'clock' | 'system', status: CardFacts['status']) => ({
    type,
    id: type === 'person' ? 'U0ANA' : text,
    at: noon,
    status,
  });
  const approvers = many(length === 1 ? 0 : 500, (i) => `${i % 2 === 0 ? 'S' : 'U'}0${'X'.repeat(30)}${i}`);
  const codes = ['not_allowed', 'stale', 'changed_since', 'no_proposal', 'past_deadline'] as const;
  return [
    ...codes.map((code): Refusal => ({ ok: false, refusal: { code, text }, settledBy: null, approvers })),
    { ok: false, refusal: { code: 'blocked', text, findings: [] }, settledBy: null, approvers },
    { ok: false, refusal: { code: 'unknown_decision', text }, settledBy: null, approvers: [] },
    { ok: false, refusal: { code: 'already_settled', text }, settledBy: null, approvers },
    ...(['person', 'autopilot', 'clock', 'system'] as const).flatMap((type) =>
      decisionStatuses.map(
        (status): Refusal => ({
          ok: false,
          refusal: { code: 'already_settled', text },
          settledBy: by(type, status),
          approvers,
        }),
      ),
    ),
  ];
}

// Who builds what --------------------------------------------------------------------------------------------------------

/** What a builder makes, and where it is shown. */
type Made =
  | { message: { text: string; blocks: unknown } }
  | { modal: unknown }
  | { home: unknown }
  /** A part, which has to fit into a message and into a modal. */
  | { part: unknown[] };
type Cases = () => Array<Named<Made>>;

const texts: Named<string>[] = [
  ['nothing', ''],
  ['a letter', 'x'],
  ...Object.entries(STUFF).map(([name, stuff]): Named<string> => [`20,000 of ${name}`, filler(stuff)(20_000)]),
];
const of =
  <T>(inputs: Named<T>[], make: (one: T) => Made): Cases =>
  () =>
    inputs.map(([name, one]) => [name, make(one)]);
const rich = (...parts: RichTextBlock['elements']): Made => ({ part: richText(...parts) });
const sizes = <T>(make: (fill: Filler, length: number) => T): Named<T>[] => [
  ['smallest', make(filler('x'), 1)],
  ...Object.entries(STUFF).map(([name, stuff]): Named<T> => [`largest of ${name}`, make(filler(stuff), 3_000)]),
];
const everyOne = <T>(lists: Named<T[]>[]): Named<T>[] =>
  lists.flatMap(([name, list]) => list.map((one): Named<T> => [name, one]));
const longButton = (text: string) =>
  button({ action: actions.why, text: text || 'x', says: text || 'x', value: 'v'.repeat(2_000) });
const element: InputBlockElement = { type: 'plain_text_input', action_id: INPUT_ELEMENT };

const emailHeader = { type: 'header' as const, text: { type: 'plain_text' as const, text: 'E-mail to Maria' } };
const checks = (fill: Filler, length: number): CheckShown[] =>
  checkTypes.map((type) => ({
    type,
    reasons: type === 'known_bad' ? [...reasonCodes] : [],
    note: type === 'known_bad' ? fill(length) : null,
  }));
const numbersLike = (n: number): NumbersFacts => {
  const counts = { bad: n, caught: n, good: n, stopped: n, people: n };
  const own = { ...numbersFacts.own, verdicts: n, checks: counts, doubles: { judged: n, agreed: n }, trusted: false };
  return { ...numbersFacts, own, isAdmin: true, team: { checks: counts, caught: { lo: 0, hi: 1 }, dPrime: 3.14 } };
};

const BUILDERS: Record<string, Record<string, Cases>> = {
  'buttons.ts': {
    button: of(texts, (text) => ({ part: buttonRow([longButton(text)]) })),
    buttonRow: () => [
      ['no button', { part: buttonRow([]) }],
      ['25 buttons', { part: buttonRow(many(25, (i) => ({ ...longButton('x'.repeat(90)), action_id: `a${i}` }))) }],
    ],
  },
  'rich-text.ts': {
    words: of(texts, (text) => rich(section(words(text)))),
    bold: of(texts, (text) => rich(section(bold(text)))),
    italic: of(texts, (text) => rich(section(italic(text)))),
    mention: of([...texts, ['a person', 'U0ANA']], (id) => rich(section(mention(id)))),
    section: of(texts, (text) => rich(section(words(text), bold(text), italic(text)))),
    quote: of(texts, (text) => rich(quote(words(text)))),
    bullets: of(texts, (text) => rich(section(bold('x')), bullets([words(text), [], words(text)]))),
    richText: of(texts, (text) => ({ part: richText(section(), quote(words(text)), section(words(text))) })),
    // Whoever calls it has cut the text: the longest is what Slack takes.
    contextText: of(texts, (text) => ({ part: contextText(filler(text || 'x')(Math.min(text.length, 3_000))) })),
  },
  'spoken.ts': { spoken: of(texts, (text) => rich(section(spoken(`x${text}${marked('U0ANA')}`)))) },
  'slack-message.ts': {
    slackMessage: of(texts, (text) => ({ message: slackMessage('Opening', text, richText(section(words('x')))) })),
  },
  'cards/card.ts': { renderCard: of(cards, (facts) => ({ message: renderCard(facts) })) },
  'cards/decision-buttons.ts': {
    pendingButtons: of(pending, (facts) => ({ part: buttonRow(pendingButtons(facts, false)) })),
    settledButtons: of(settled, (facts) => ({ part: buttonRow(settledButtons(facts, false)) })),
  },
  'cards/email-draft.ts': {
    emailDraftCard: of(
      drafted.filter(([, { kind }]) => kind === 'email_draft'),
      (facts) => ({ part: kindCards.email_draft.proposal(facts, 6_000, true).blocks }),
    ),
  },
  'cards/lead-score.ts': {
    leadScoreCard: of(
      drafted.filter(([, { kind }]) => kind === 'lead_score'),
      (facts) => ({ part: kindCards.lead_score.proposal(facts, 280, false).blocks }),
    ),
  },
  'cards/kind-cards.ts': {
    kindCards: of(drafted, (facts) => ({ part: kindCards[facts.kind].proposal(facts, 280, false).blocks })),
  },
  'cards/lead-words.ts': {
    leadNamed: of(cards, (facts) => ({ part: leadNamed(facts) })),
    leadBlocks: of(cards, (facts) => ({ part: leadBlocks(facts) })),
  },
  'cards/pending-card.ts': {
    pendingBlocks: of(pending, (facts) => ({ part: pendingBlocks(facts) })),
    lookBlocks: of(texts, (text) => ({
      part: lookBlocks(
        many(100, () => ({ mustEdit: true, text })),
        40,
      ),
    })),
  },
  'cards/settled-card.ts': { settledBlocks: of(settled, (facts) => ({ part: settledBlocks(facts) })) },
  'cards/settled-words.ts': { outcomeLine: of(settled, (facts) => rich(section(outcomeLine(facts)))) },
  'messages/autonomy-message.ts': {
    autonomyMessage: of(everyOne(sizes(standings)), (facts) => ({ message: autonomyMessage(facts) })),
    autonomyHelp: of([['none', null], ...texts.slice(1)] as Named<string | null>[], (first) => ({
      message: autonomyHelp(first === null ? null : escapeMrkdwn(first.slice(0, 400).toWellFormed())),
    })),
    controlMessage: of(texts, (text) => ({
      message: controlMessage({ ok: false, code: 'refused', text: `x${text}`, remedy: `cap ${'w'.repeat(100)}` }),
    })),
    wrongOrder: of(texts, (text) => ({ message: wrongOrder(`x${text}`, controlUsage.mode) })),
  },
  'messages/autonomy-notice.ts': {
    autonomyNotice: of(everyOne(sizes(autonomyNotices)), (facts) => ({ message: autonomyNotice(facts) })),
  },
  'messages/check-reveal.ts': {
    renderCheck: of(everyOne(sizes(checks)), (check) => ({
      message: renderCheck({ ...emailFacts(), ...largest('email_draft', filler('x')), check }, check, emailHeader),
    })),
    revealMessage: of(everyOne(sizes(checks)), (check) => ({
      message: revealMessage({ ...check, answer: 'let_through', first: 'major', channel: 'C1' }),
    })),
  },
  'messages/my-numbers.ts': {
    myNumbersMessage: of(
      [1, 1_000_000].map((n): Named<NumbersFacts> => [`numbers like ${n}`, numbersLike(n)]),
      (facts) => ({ message: myNumbersMessage(facts) }),
    ),
  },
  'messages/digest-message.ts': {
    renderDigest: () => [
      ['smallest', { message: renderDigest(digest(false)) }],
      ['largest', { message: renderDigest(digest(true)) }],
    ],
  },
  'messages/ephemeral.ts': {
    ephemeral: of(texts.slice(1), (text) => ({ message: ephemeral(escapeMrkdwn(text)) })),
  },
  'messages/help-message.ts': {
    helpBlocks: () => [['as it is', { part: helpBlocks() }]],
    helpMessage: of([['none', null], ...texts.slice(1)] as Named<string | null>[], (first) => ({
      message: helpMessage(first === null ? null : escapeMrkdwn(first.slice(0, 60).toWellFormed())),
    })),
  },
  'messages/notice-message.ts': {
    renderNotice: of(everyOne(sizes(notices)), (facts) => ({ message: renderNotice(facts) })),
  },
  'messages/refusal.ts': {
    refusalMessage: of(everyOne(sizes(refusals)), (refusal) => ({
      message: refusalMessage(refusal, new Date(noon.getTime() + 400 * 86_400_000)),
    })),
    openAgain: () => [['as it is', { message: openAgain(actions.showFull, 'v'.repeat(2_000)) }]],
  },
  'messages/lead-notice.ts': {
    factsMissingNotice: of(everyOne(sizes(factsMissingNotices)), (facts) => ({ message: factsMissingNotice(facts) })),
    importOddNotice: of(everyOne(sizes(oddImports)), (facts) => ({ message: importOddNotice(facts) })),
  },
  'messages/reply-notice.ts': {
    replyNotice: of(everyOne(sizes(replies)), (facts) => ({ message: replyNotice(facts) })),
    complaintNotice: of(everyOne(sizes(replies)), ({ leadName, workflow, subject, stopped, at }) => ({
      message: complaintNotice({ type: 'lead_complained', leadName, workflow, subject, stopped, at }),
    })),
  },
  'messages/stuck-notice.ts': {
    stuckNotice: of(everyOne(sizes(stuckNotices)), (facts) => ({ message: stuckNotice(facts) })),
  },
  'messages/task-notice.ts': {
    taskNotice: of(everyOne(sizes(taskNotices)), (facts) => ({ message: taskNotice(facts) })),
    heldMailNotice: of(texts, (text) => ({
      message: heldMailNotice({
        type: 'fixed_mail_held',
        workflow: 'w'.repeat(60),
        step: 's'.repeat(40),
        leadName: `x${text}`,
        problems: many(text === '' ? 1 : 30, () => `x${text}`),
      }),
    })),
  },
  'messages/status-message.ts': {
    statusBlocks: of(sizes(standing), (facts) => ({ part: statusBlocks(facts) })),
    statusMessage: of(sizes(standing), (facts) => ({ message: statusMessage(facts) })),
  },
  'messages/line-sections.ts': {
    section: of(texts.slice(1), (text) => ({ part: [lineSection(escapeMrkdwn(text.slice(0, 500).toWellFormed()))] })),
    smallPrint: of(texts.slice(1), (text) => ({ part: [smallPrint(escapeMrkdwn(text.slice(0, 500).toWellFormed()))] })),
    sectionsOf: () => [['many lines', { part: sectionsOf(many(30, () => 'x'.repeat(900))) }]],
    sectionsWithin: () => [
      [
        'more than fits',
        {
          part: sectionsWithin(
            many(90, () => 'x'.repeat(90)),
            5_000,
            (left) => `And ${left} more.`,
          ),
        },
      ],
    ],
  },
  'messages/workflow-list.ts': {
    workflowListMessage: of(
      [
        ['none', { everythingPaused: false, workflows: [] }],
        ['one', listFacts],
        ...filled(fullList),
      ] as Named<WorkflowList>[],
      (facts) => ({ message: workflowListMessage(facts) }),
    ),
  },
  'messages/workflow-show.ts': {
    workflowShowMessage: of([['one', shownFacts()], ...filled(fullShown)] as Named<ShownWorkflow>[], (facts) => ({
      message: workflowShowMessage(facts),
    })),
  },
  'messages/workflow-leads.ts': {
    workflowLeadsMessage: of(
      [
        ['nobody', { ...leadsFacts, total: 0, leads: [] }],
        ['one', leadsFacts],
        ...filled(fullLeads),
      ] as Named<WorkflowLeads>[],
      (facts) => ({ message: workflowLeadsMessage(facts, noon) }),
    ),
  },
  'messages/why-lead.ts': {
    whyLeadMessage: of(
      [
        ['nothing', { ...storyFacts, now: [], lines: [] }],
        ['little', storyFacts],
        ...filled(fullStory),
      ] as Named<LeadStory>[],
      (story) => ({ message: whyLeadMessage(story, 2) }),
    ),
  },
  'messages/workflow-map.ts': {
    mapMessage: of([['one', shownFacts()], ...filled(fullShown)] as Named<ShownWorkflow>[], (shown) => ({
      message: mapMessage(shown, { fileId: 'F1', altText: 'x'.repeat(2_000), shared: false }),
    })),
    mapWithoutPicture: of(texts.slice(1), (text) => ({
      message: mapWithoutPicture(shownFacts(), text.slice(0, 2_000).toWellFormed(), text),
    })),
  },
  'messages/workflow-hand.ts': {
    enrolledMessage: of(texts.slice(1), (text) => ({
      message: enrolledMessage({ ok: false, again: true, text }, `/workflow enroll ${text}`),
    })),
    removedMessage: of(texts.slice(1), (text) => ({ message: removedMessage({ ok: false, text }) })),
  },
  'views/edit-decision-view.ts': { editDecisionView: of(cards, (facts) => ({ modal: editDecisionView(facts) })) },
  'views/edit-forms.ts': { editForms: of(cards, (facts) => inModal(editForms[facts.kind].inputs(facts).blocks)) },
  'views/email-draft-form.ts': {
    emailDraftForm: of(
      cards.filter(([, { kind }]) => kind === 'email_draft'),
      (facts) => inModal(editForms.email_draft.inputs(facts).blocks),
    ),
  },
  'views/lead-score-form.ts': {
    leadScoreForm: of(
      cards.filter(([, { kind }]) => kind === 'lead_score'),
      (facts) => inModal(editForms.lead_score.inputs(facts).blocks),
    ),
  },
  'views/full-text-view.ts': { fullTextView: of(cards, (facts) => ({ modal: fullTextView(facts) })) },
  'views/home-view.ts': {
    homeView: of(sizes(standing), (facts) => ({ home: homeView(facts) })),
  },
  'views/modal.ts': {
    modal: of(texts.slice(1), (text) => ({
      modal: modal({
        title: text,
        blocks: many(100, (i) => input({ id: `i${i}`, label: 'l', hint: 'h', element, optional: true })),
        submit: { callback: views.editSubmit, label: text, metadata: 'm'.repeat(3_000) },
      }),
    })),
    input: of(texts.slice(1), (text) =>
      inModal([input({ id: 'i', label: text.slice(0, 2_000), hint: text.slice(0, 2_000), element })]),
    ),
  },
  'views/refusal-view.ts': {
    refusalView: of(texts, (text) => ({
      modal: refusalView(ephemeral(escapeMrkdwn(text) || 'x').blocks, text),
    })),
    textBlocks: of(texts, (text) => ({ part: textBlocks(text) })),
  },
  'views/reject-decision-view.ts': { rejectDecisionView: of(cards, (facts) => ({ modal: rejectDecisionView(facts) })) },
  'views/original-question.ts': {
    originalInput: of(
      kinds.map((kind): Named<Kind> => [kind, kind]),
      (kind) => inModal([originalInput(kind)]),
    ),
  },
  'views/went-out-view.ts': { wentOutView: of(sizes(gone), (facts) => ({ modal: wentOutView(facts) })) },
  'views/workflow-view.ts': {
    workflowView: of([['one', shownFacts()], ...filled(fullShown)] as Named<ShownWorkflow>[], (shown) => ({
      modal: workflowView(shown),
    })),
    drawingView: of(texts.slice(1), (text) => ({ modal: drawingView(text) })),
    mapView: () => [['words', { modal: mapView(mapWithoutPicture(shownFacts(), 'x'.repeat(2_000), 'x').blocks) }]],
  },
  'views/fill-facts-view.ts': {
    fillFactsView: of(everyOne(sizes(factsMissingNotices)), (facts) => ({ modal: fillFactsView(facts) })),
  },
  'views/why-view.ts': { whyView: of(cards, (facts) => ({ modal: whyView(facts) })) },
};

/** What a maker of full facts makes of every kind of text. */
function filled<T>(make: (fill: Filler) => T): Named<T>[] {
  return Object.entries(STUFF).map(([name, stuff]) => [name, make(filler(stuff))]);
}

/** What else those files give away: words and answers, no blocks. */
const NO_BUILDERS: Record<string, string[]> = {
  'messages/line-sections.ts': ['linesWithin'],
  'messages/lead-notice.ts': ['fieldLabel'],
  'views/fill-facts-view.ts': ['readFacts'],
  'messages/status-message.ts': ['MOST_WORKFLOWS'],
  'messages/my-numbers.ts': ['PAUSE_TEXT'],
  'cards/concerns.ts': ['concerns', 'noDraftText'],
  'cards/decision-buttons.ts': ['approvable'],
  'cards/email-draft.ts': ['emailDraftOf'],
  'cards/kind-card.ts': [],
  'cards/lead-score.ts': ['leadScoreOf'],
  'cards/lead-words.ts': ['fieldName', 'leadKnown', 'leadLine', 'leadName', 'leadRole', 'leadTitle', 'unknowns'],
  'cards/pending-card.ts': ['pendingOpening', 'pendingText'],
  'cards/settled-card.ts': ['settledOpening', 'settledText'],
  'cards/settled-words.ts': [
    'mailLine',
    'mailText',
    'outcomeText',
    'riskLine',
    'routeLine',
    'undoneLine',
    'undoneText',
  ],
  // Its plain form of a refused message has a test of its own below.
  'slack-surface.ts': ['POST_EVENT_TYPE', 'createSlackSurface'],
  'messages/autonomy-message.ts': ['leakWords'],
  'messages/autonomy-notice.ts': ['manyWords', 'replayWords'],
  'spoken.ts': ['briefSpoken', 'spokenMrkdwn'],
  'views/edit-form.ts': [],
  'views/original-question.ts': ['originalAnswer', 'originalError'],
  'views/long-text-inputs.ts': ['joinText', 'splitText'],
  'views/reject-decision-view.ts': ['readRejection'],
  'views/view-values.ts': ['chosen', 'chosenAll', 'entered'],
};

function inModal(blocks: KnownBlock[]): Made {
  return { modal: modal({ title: 't', blocks, submit: { callback: views.editSubmit, label: 's', metadata: 'm' } }) };
}

// The rules --------------------------------------------------------------------------------------------------------------

/** Everything Slack would refuse, and what it takes but shows to nobody. */
function complaints(made: Made): unknown[] {
  if ('modal' in made) return [validateView(made.modal, 'modal')].filter((problem) => problem !== null);
  if ('home' in made) return [validateView(made.home, 'home')].filter((problem) => problem !== null);
  if ('part' in made)
    return [...validateBlocks(made.part, 'message'), ...validateBlocks(made.part, 'modal')].filter(
      ({ message }) => !/is not available in a modal/.test(message),
    );
  const { text, blocks } = made.message;
  return [
    ...validateBlocks(blocks, 'message'),
    ...(text.length > 0 && text.length <= 4_000 ? [] : [`a top-level text of ${text.length}`]),
    ...(seen(blocks) <= 13_000 ? [] : [`${seen(blocks)} characters, of which Slack takes 13,000`]),
    ...(text.isWellFormed() && JSON.stringify(blocks).isWellFormed() ? [] : ['half a character']),
  ];
}

/** Characters in all texts of the blocks. */
function seen(blocks: unknown): number {
  return nodes(blocks).reduce((sum, { text }) => sum + (typeof text === 'string' ? text.length : 0), 0);
}

const builders = Object.entries(BUILDERS).flatMap(([file, made]) =>
  Object.entries(made).map(([name, cases]): [string, Cases] => [`${name} (${file})`, cases]),
);

test.for(builders)('Slack takes whatever %s makes', ([, cases]) => {
  const made = cases();
  expect(made.length).toBeGreaterThan(0);
  const refused = made.flatMap(([name, one]) => complaints(one).map((complaint) => ({ name, complaint })));
  expect(refused.slice(0, 5)).toEqual([]);
});

describe('the list above', () => {
  const root = fileURLToPath(new URL('../../src/slack', import.meta.url));
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted();
  const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
  const builds = (file: string) =>
    /^(?:cards|views|messages)\//.test(file) ||
    (!file.startsWith('listeners/') &&
      /from '(?:@slack\/types|\.[^']*\/(?:rich-text|buttons)\.ts)'/.test(textOf(file)));

  test('knows every file of src/slack that makes something to look at', () => {
    const known = new Set([...Object.keys(BUILDERS), ...Object.keys(NO_BUILDERS)]);
    expect(files.filter((file) => builds(file) && !known.has(file))).toEqual([]);
    expect([...known].filter((file) => !files.includes(file))).toEqual([]);
  });

  test.for(files.filter(builds))('knows everything that %s gives away', async (file) => {
    const given: Record<string, unknown> = await import(join(root, file));
    const known = [...Object.keys(BUILDERS[file] ?? {}), ...(NO_BUILDERS[file] ?? [])];
    expect(Object.keys(given).toSorted()).toEqual(known.toSorted());
  });

  test('has nothing to look for in listeners: they build no blocks of their own', () => {
    const block = /type: '(?:section|header|context|actions|rich_text|input|divider|table|image|modal|home)'/;
    expect(files.filter((file) => file.startsWith('listeners/') && block.test(textOf(file)))).toEqual([]);
  });
});

test('the plain form of a message whose layout Slack refused is one that it takes, and offers no approval', async () => {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  for (const [name, facts] of cards) {
    const sent: Array<{ text: string; blocks: KnownBlock[] }> = [];
    const post = async (message: { text: string; blocks: KnownBlock[] }) => {
      sent.push(message);
      if (sent.length > 1) return { ok: true, channel: 'C0', ts: '1.0' };
      throw new WebAPIPlatformError({ ok: false, error: 'invalid_blocks' });
    };
    const delivery = { chat: { postMessage: post } } as unknown as WebClient;
    const surface = createSlackSurface({ delivery, botUserId: 'U0BOT', log: silent });
    expect((await surface.post('C0', renderCard(facts), 'marker')).type, name).toBe('posted');
    const [, plain] = sent;
    expect(complaints({ message: plain ?? { text: '', blocks: [] } }), name).toEqual([]);
    expect(JSON.stringify(plain?.blocks)).not.toContain(actions.approve);
  }
});
