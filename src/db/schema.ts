import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { DecisionStatus, ReasonCode, Settler, Verdict } from '../core/decision.ts';
import type { NoLabel } from '../core/evidence.ts';
import type { ProposalInputs } from '../core/facts.ts';
import type { HistoryDid } from '../core/enrollment-history.ts';
import type { Finding } from '../core/finding.ts';
import type { ImportOddity, ImportProfile } from '../core/data-quality/import-profile.ts';
import type { PolicyState } from '../core/autonomy/policy-state.ts';
import type { GateAnswer, Route } from '../core/gate.ts';
import type { Kind } from '../core/kinds/kind.ts';
import type { ValueSources } from '../core/merge-policy.ts';
import type { MessageStatus } from '../core/message.ts';
import { type CheckType, checkTypes } from '../core/reviewers/check.ts';
import type { RiskFeatures } from '../core/risk-features.ts';
import type { LearnedRisk, NotLearned, RiskReport } from '../core/risk-model.ts';
import type { RiskReason } from '../core/risk.ts';
import { type TaskStatus, taskStatuses } from '../core/workflow/task.ts';
import type { LearnedLeadScore, LeadScoreNotLearned, LeadScoreReport } from '../core/scoring/lead-score-model.ts';
import type { Condition } from '../core/workflow/condition.ts';
import type { Workflow } from '../core/workflow.ts';

// Every table: explicit column names, a workspace on every row, ids made in JavaScript. JSON columns hold objects only
// (scalars that look like numbers change type on the way). Business time and machine time never share a column.

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });
const id = () => uuid('id').primaryKey();
const workspaceId = () =>
  uuid('workspace_id')
    .notNull()
    .references(() => workspaces.id);
const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(', ')})`);

export const workspaces = pgTable('workspaces', {
  id: id(),
  name: text('name').notNull(),
  slackTeamId: text('slack_team_id').unique(),
  timezone: text('timezone').notNull().default('UTC'),
  /** The global switch: nothing leaves while it is set. */
  pausedAt: at('paused_at'),
  pausedBy: text('paused_by'),
  createdAt: at('created_at').notNull(),
});

export const settings = pgTable(
  'settings',
  {
    workspaceId: workspaceId(),
    key: text('key').notNull(),
    value: jsonb('value').$type<Record<string, unknown>>().notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.key] })],
);

export const accounts = pgTable(
  'accounts',
  {
    id: id(),
    workspaceId: workspaceId(),
    domain: text('domain').notNull(),
    name: text('name'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [uniqueIndex('accounts_domain').on(t.workspaceId, t.domain)],
);

export const importBatches = pgTable(
  'import_batches',
  {
    id: id(),
    workspaceId: workspaceId(),
    source: text('source').notNull(),
    fileName: text('file_name'),
    fileHash: text('file_hash'),
    mapping: jsonb('mapping').$type<Record<string, string>>().notNull(),
    status: text('status').$type<'staged' | 'committed' | 'undone' | 'abandoned'>().notNull(),
    total: integer('total').notNull().default(0),
    created: integer('created').notNull().default(0),
    merged: integer('merged').notNull().default(0),
    unchanged: integer('unchanged').notNull().default(0),
    rejected: integer('rejected').notNull().default(0),
    startedBy: text('started_by').notNull(),
    /** What its leads look like in shares and counts, to hold later imports against; null for imports from before that was kept. */
    profile: jsonb('profile').$type<ImportProfile>(),
    /** Why its leads wait for a person's word before any workflow takes them in; null where nothing was odd. */
    heldBecause: jsonb('held_because').$type<ImportOddity[]>(),
    releasedAt: at('released_at'),
    releasedBy: text('released_by'),
    undoneAt: at('undone_at'),
    undoneBy: text('undone_by'),
    /** Machine time; an import that is still staged after it was given up by its process. */
    leaseUntil: at('lease_until'),
    createdAt: at('created_at').notNull(),
    committedAt: at('committed_at'),
  },
  (t) => [
    check('import_batches_status', oneOf('status', ['staged', 'committed', 'undone', 'abandoned'])),
    index('import_batches_by_time').on(t.workspaceId, t.createdAt),
  ],
);

/** Personal data. One row a lead of the batch: what it brought, and what it replaced (for undo). Emptied by erasure. */
export const importRows = pgTable(
  'import_rows',
  {
    batchId: uuid('batch_id')
      .notNull()
      .references(() => importBatches.id),
    line: integer('line').notNull(),
    workspaceId: workspaceId(),
    leadId: uuid('lead_id').notNull(),
    emailHash: text('email_hash').notNull(),
    action: text('action').$type<'created' | 'merged' | 'unchanged'>(),
    values: jsonb('values').$type<Record<string, unknown>>(),
    before: jsonb('before').$type<Record<string, unknown>>(),
  },
  (t) => [
    primaryKey({ columns: [t.batchId, t.line] }),
    uniqueIndex('import_rows_email').on(t.batchId, t.emailHash),
    index('import_rows_lead').on(t.leadId),
  ],
);

/** Personal data. The address and its keyed hash; the hash stays after erasure. */
export const leads = pgTable(
  'leads',
  {
    id: id(),
    workspaceId: workspaceId(),
    accountId: uuid('account_id').references(() => accounts.id),
    email: text('email'),
    emailHash: text('email_hash').notNull(),
    firstName: text('first_name'),
    lastName: text('last_name'),
    company: text('company'),
    title: text('title'),
    country: text('country'),
    language: text('language'),
    timezone: text('timezone'),
    source: text('source'),
    fields: jsonb('fields').$type<Record<string, string>>().notNull().default({}),
    tags: jsonb('tags').$type<string[]>().notNull().default([]),
    /**
     * Who set a value last and when, by its name; a value without an entry came with the lead. Null: from before that was kept,
     * when all that is known is `updated_at`.
     */
    valueSources: jsonb('value_sources').$type<ValueSources>().default({}),
    score: integer('score'),
    scoreReasons: jsonb('score_reasons').$type<string[]>(),
    scoredAt: at('scored_at'),
    lastReplyAt: at('last_reply_at'),
    importBatchId: uuid('import_batch_id').references(() => importBatches.id),
    erasedAt: at('erased_at'),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('leads_email_hash').on(t.workspaceId, t.emailHash),
    index('leads_account').on(t.accountId),
    index('leads_batch').on(t.importBatchId),
    // By which other programs know their users; events name it.
    index('leads_user_id').on(t.workspaceId, sql`(fields ->> 'user_id')`),
    check('leads_erased', sql`(${t.erasedAt} is null) = (${t.email} is not null)`),
  ],
);

/** Personal data in `payload`. What is known of a lead's doings before and outside our mails. */
export const leadEvents = pgTable(
  'lead_events',
  {
    id: id(),
    workspaceId: workspaceId(),
    leadId: uuid('lead_id')
      .notNull()
      .references(() => leads.id),
    type: text('type').notNull(),
    source: text('source').notNull(),
    externalId: text('external_id'),
    payload: jsonb('payload').$type<Record<string, string>>().notNull().default({}),
    occurredAt: at('occurred_at').notNull(),
    receivedAt: at('received_at').notNull(),
  },
  (t) => [
    index('lead_events_lead').on(t.leadId, t.occurredAt),
    uniqueIndex('lead_events_external').on(t.workspaceId, t.source, t.externalId),
  ],
);

/** A saved condition over leads. */
export const segments = pgTable(
  'segments',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text('name').notNull(),
    condition: jsonb('condition').$type<Condition>().notNull(),
    /** Raised whenever the condition changes. */
    version: integer('version').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [uniqueIndex('segments_name').on(t.workspaceId, t.name)],
);

/** Which leads were in a segment when somebody looked last: whoever is in it now and was not has come to match it. */
export const segmentMembers = pgTable(
  'segment_members',
  {
    workspaceId: workspaceId(),
    segmentId: uuid('segment_id')
      .notNull()
      .references(() => segments.id, { onDelete: 'cascade' }),
    leadId: uuid('lead_id')
      .notNull()
      .references(() => leads.id, { onDelete: 'cascade' }),
    since: at('since').notNull(),
  },
  (t) => [primaryKey({ columns: [t.segmentId, t.leadId] }), index('segment_members_lead').on(t.leadId)],
);

export const workflows = pgTable(
  'workflows',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text('name').notNull(),
    status: text('status').$type<'active' | 'paused' | 'archived'>().notNull(),
    currentVersionId: uuid('current_version_id'),
    pausedBy: text('paused_by'),
    pausedAt: at('paused_at'),
    /** Of an archived one: those who were under way go on to their end. */
    draining: boolean('draining').notNull().default(false),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('workflows_name').on(t.workspaceId, t.name),
    check('workflows_status', oneOf('status', ['active', 'paused', 'archived'])),
  ],
);

/** Immutable; an enrollment stays on the version it began with. */
export const workflowVersions = pgTable(
  'workflow_versions',
  {
    id: id(),
    workspaceId: workspaceId(),
    workflowId: uuid('workflow_id')
      .notNull()
      .references(() => workflows.id),
    version: integer('version').notNull(),
    hash: text('hash').notNull(),
    definition: jsonb('definition').$type<Workflow>().notNull(),
    publishedBy: text('published_by').notNull(),
    publishedAt: at('published_at').notNull(),
  },
  (t) => [
    uniqueIndex('workflow_versions_number').on(t.workflowId, t.version),
    uniqueIndex('workflow_versions_hash').on(t.workflowId, t.hash),
  ],
);

export const enrollments = pgTable(
  'enrollments',
  {
    id: id(),
    workspaceId: workspaceId(),
    leadId: uuid('lead_id')
      .notNull()
      .references(() => leads.id),
    workflowId: uuid('workflow_id')
      .notNull()
      .references(() => workflows.id),
    workflowVersionId: uuid('workflow_version_id')
      .notNull()
      .references(() => workflowVersions.id),
    arm: text('arm').$type<'ai' | 'baseline' | 'holdout'>().notNull(),
    status: text('status').$type<'active' | 'waiting' | 'paused' | 'done' | 'exited'>().notNull(),
    step: text('step').notNull(),
    /** How often this step was entered before; part of the key that makes a decision happen once. */
    occurrence: integer('occurrence').notNull().default(0),
    pendingDecisionId: uuid('pending_decision_id'),
    /** When to look at it again: at its timer, or earlier, where passing time alone could end it by its goal or an exit condition. */
    dueAt: at('due_at'),
    /** When what it waits for at this step is over; null: at `due_at`. */
    timerAt: at('timer_at'),
    /** When the present step was entered; null for one that was entered before this was kept. */
    stepEnteredAt: at('step_entered_at'),
    /** What brought the lead in, without names of its own: `lead_added`, `event`, `segment`, `import`, `api`, `manual`. */
    enteredBy: text('entered_by'),
    /** Whether the next thing to do asks for people's attention; the tick holds such leads back while too much waits. */
    asksPeople: boolean('asks_people').notNull().default(false),
    /** Claims of the present step that did not end; a third one asks a person instead of the model. */
    attempts: integer('attempts').notNull().default(0),
    exitReason: text('exit_reason'),
    /** Of a paused one, in words; its `due_at` is when the pause ends by itself, its `timer_at` what its step waits for. */
    pausedReason: text('paused_reason'),
    pausedAt: at('paused_at'),
    /** What it is again when the pause ends. */
    pausedFrom: text('paused_from').$type<'active' | 'waiting'>(),
    /** Fences a worker that slept through its lease. */
    version: integer('version').notNull().default(0),
    /** Machine time. */
    leaseUntil: at('lease_until'),
    enteredAt: at('entered_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    endedAt: at('ended_at'),
  },
  (t) => [
    uniqueIndex('enrollments_one_active')
      .on(t.workspaceId, t.workflowId, t.leadId)
      .where(sql`status in ('active', 'waiting', 'paused')`),
    index('enrollments_due').on(t.dueAt, t.id).where(sql`status in ('active', 'waiting')`),
    index('enrollments_pause_ends').on(t.workspaceId, t.dueAt).where(sql`status = 'paused'`),
    index('enrollments_lead').on(t.leadId),
    check('enrollments_status', oneOf('status', ['active', 'waiting', 'paused', 'done', 'exited'])),
    // Nobody is forgotten: a due time, a pending decision or an end.
    check(
      'enrollments_not_forgotten',
      sql`due_at is not null or pending_decision_id is not null or status = 'done' or (status = 'exited' and exit_reason is not null)`,
    ),
  ],
);

/**
 * Personal data in `why`. What happened to a lead at each step of its enrollment besides decisions and mails, for people who
 * ask why; written in the transaction that did it, never changed. Emptied by erasure.
 */
export const enrollmentSteps = pgTable(
  'enrollment_steps',
  {
    id: id(),
    workspaceId: workspaceId(),
    enrollmentId: uuid('enrollment_id')
      .notNull()
      .references(() => enrollments.id),
    workflowId: uuid('workflow_id')
      .notNull()
      .references(() => workflows.id),
    leadId: uuid('lead_id')
      .notNull()
      .references(() => leads.id),
    step: text('step').notNull(),
    did: text('did').$type<HistoryDid>().notNull(),
    toStep: text('to_step'),
    why: text('why'),
    choice: text('choice'),
    actor: text('actor'),
    at: at('at').notNull(),
  },
  (t) => [
    index('enrollment_steps_lead').on(t.leadId, t.at, t.id),
    index('enrollment_steps_workflow').on(t.workflowId, t.at),
  ],
);

/** Decision kind × workflow step: where a threshold lives. */
export const cells = pgTable(
  'cells',
  {
    id: id(),
    workspaceId: workspaceId(),
    kind: text('kind').$type<Kind>().notNull(),
    /** Empty strings, not nulls, where a kind belongs to the workspace: a unique index must see them. */
    workflow: text('workflow').notNull(),
    step: text('step').notNull(),
    /** The replay of its events, bit for bit. */
    standing: jsonb('standing').$type<PolicyState>().notNull(),
    version: integer('version').notNull().default(1),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [uniqueIndex('cells_place').on(t.workspaceId, t.kind, t.workflow, t.step)],
);

/** What happened to a cell, in order; its standing is the replay of these. */
export const policyEvents = pgTable(
  'policy_events',
  {
    cellId: uuid('cell_id')
      .notNull()
      .references(() => cells.id),
    seq: integer('seq').notNull(),
    workspaceId: workspaceId(),
    type: text('type').notNull(),
    decisionId: uuid('decision_id'),
    epoch: integer('epoch').notNull(),
    actor: text('actor').notNull(),
    reason: text('reason'),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    at: at('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.cellId, t.seq] })],
);

export const decisions = pgTable(
  'decisions',
  {
    id: id(),
    workspaceId: workspaceId(),
    kind: text('kind').$type<Kind>().notNull(),
    status: text('status').$type<DecisionStatus>().notNull(),
    subjectType: text('subject_type').$type<'enrollment' | 'workflow' | 'workspace'>().notNull(),
    subjectId: uuid('subject_id').notNull(),
    step: text('step').notNull(),
    occurrence: integer('occurrence').notNull(),
    enrollmentId: uuid('enrollment_id').references(() => enrollments.id),
    leadId: uuid('lead_id').references(() => leads.id),
    workflowId: uuid('workflow_id').references(() => workflows.id),
    workflowVersionId: uuid('workflow_version_id').references(() => workflowVersions.id),
    /** Null of a fixed mail alone: nothing was proposed, so there is nothing to earn. */
    cellId: uuid('cell_id').references(() => cells.id),
    /** Hash of model, prompt and the step's own words: a new one starts on probation. */
    templateVersion: text('template_version').notNull(),
    /** Version of the proposal that a verdict must name, and the hash of what approval would do. 0 and the hash of nothing where the model made none. */
    proposalVersion: integer('proposal_version').notNull(),
    proposalHash: text('proposal_hash').notNull(),
    /** Why there is no proposal. */
    modelProblem: text('model_problem'),
    risk: doublePrecision('risk'),
    riskScorer: text('risk_scorer').notNull(),
    riskReasons: jsonb('risk_reasons').$type<RiskReason[]>().notNull(),
    /** What a risk can be learned from; null without a proposal. Numbers only. */
    riskFeatures: jsonb('risk_features').$type<RiskFeatures>(),
    findings: jsonb('findings').$type<Finding[]>().notNull(),
    tainted: jsonb('tainted').$type<string[]>().notNull(),
    route: text('route').$type<Route>().notNull(),
    gate: jsonb('gate').$type<GateAnswer>().notNull(),
    /**
     * 'live'; 'fixed' for a mail whose words were approved with the version by whoever published it; or a card that tests
     * reviews: the database lets none of these become a message, or anything else.
     */
    purpose: text('purpose').$type<'live' | 'fixed' | 'seeded_check' | 'second_review'>().notNull().default('live'),
    deadlineAt: at('deadline_at').notNull(),
    settledAt: at('settled_at'),
    settledByType: text('settled_by_type').$type<Settler>(),
    settledBy: text('settled_by'),
    settledReason: text('settled_reason'),
    undoneAt: at('undone_at'),
    undoneBy: text('undone_by'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('decisions_occurrence').on(t.workspaceId, t.subjectId, t.step, t.kind, t.occurrence, t.purpose),
    index('decisions_pending').on(t.workspaceId, t.workflowId, t.deadlineAt).where(sql`status = 'pending'`),
    index('decisions_created').on(t.workspaceId, t.createdAt),
    index('decisions_settled').on(t.workspaceId, t.settledAt),
    index('decisions_lead').on(t.leadId),
    index('decisions_template').on(t.workspaceId, t.templateVersion),
    check('decisions_cell', sql`purpose = 'fixed' or cell_id is not null`),
    check('decisions_status', oneOf('status', ['pending', 'approved', 'edited', 'rejected', 'expired', 'withdrawn'])),
    check(
      'decisions_settled_by_somebody',
      sql`(status = 'pending') = (settled_at is null) and (settled_at is null) = (settled_by_type is null)`,
    ),
  ],
);

/** Something that a workflow asks people to do for a lead. What it says is filled in when it is shown: no personal data here. */
export const tasks = pgTable(
  'tasks',
  {
    id: id(),
    workspaceId: workspaceId(),
    enrollmentId: uuid('enrollment_id')
      .notNull()
      .references(() => enrollments.id),
    leadId: uuid('lead_id')
      .notNull()
      .references(() => leads.id),
    workflowId: uuid('workflow_id')
      .notNull()
      .references(() => workflows.id),
    workflowVersionId: uuid('workflow_version_id')
      .notNull()
      .references(() => workflowVersions.id),
    step: text('step').notNull(),
    occurrence: integer('occurrence').notNull(),
    status: text('status').$type<TaskStatus>().notNull(),
    deadlineAt: at('deadline_at').notNull(),
    closedAt: at('closed_at'),
    /** `person:U0ANA`, `clock`, `system`. */
    closedBy: text('closed_by'),
    closedReason: text('closed_reason'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('tasks_occurrence').on(t.enrollmentId, t.step, t.occurrence),
    index('tasks_open').on(t.workflowId, t.createdAt).where(sql`status = 'open'`),
    check('tasks_status', oneOf('status', taskStatuses)),
    check('tasks_closed', sql`(status = 'open') = (closed_at is null)`),
  ],
);

/** What stands behind a card that tests reviews: which decided draft it shows again, and what is known of that. */
export const reviewChecks = pgTable(
  'review_checks',
  {
    decisionId: uuid('decision_id')
      .primaryKey()
      .references(() => decisions.id),
    workspaceId: workspaceId(),
    type: text('type').$type<CheckType>().notNull(),
    sourceId: uuid('source_id')
      .notNull()
      .references(() => decisions.id),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('review_checks_source').on(t.sourceId),
    index('review_checks_made').on(t.workspaceId, t.createdAt),
    check('review_checks_type', oneOf('type', checkTypes)),
  ],
);

/** Personal data in `content` and `inputs`. Never changed: an edit or a regeneration is a further version. */
export const proposalVersions = pgTable(
  'proposal_versions',
  {
    decisionId: uuid('decision_id')
      .notNull()
      .references(() => decisions.id),
    version: integer('version').notNull(),
    workspaceId: workspaceId(),
    authorType: text('author_type').$type<'model' | 'person'>().notNull(),
    author: text('author').notNull(),
    content: jsonb('content').$type<Record<string, unknown>>(),
    hash: text('hash').notNull(),
    rationale: text('rationale'),
    doubt: doublePrecision('doubt'),
    model: text('model'),
    promptVersion: text('prompt_version'),
    inputs: jsonb('inputs').$type<ProposalInputs>(),
    usage: jsonb('usage').$type<{ inputTokens: number; outputTokens: number; calls: number }>(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.decisionId, t.version] })],
);

export const verdicts = pgTable(
  'verdicts',
  {
    id: id(),
    workspaceId: workspaceId(),
    decisionId: uuid('decision_id')
      .notNull()
      .references(() => decisions.id),
    /** 'settle' ends the decision; 'second' and 'seeded' are looked at by the programme of reviews only. */
    purpose: text('purpose').$type<'settle' | 'second' | 'seeded'>().notNull(),
    verdict: text('verdict').$type<Extract<Verdict, 'approve' | 'edit' | 'reject'>>().notNull(),
    actorType: text('actor_type').$type<Settler>().notNull(),
    actor: text('actor').notNull(),
    via: text('via').notNull(),
    proposalVersion: integer('proposal_version').notNull(),
    proposalHash: text('proposal_hash').notNull(),
    reasons: jsonb('reasons').$type<ReasonCode[]>().notNull(),
    /** May hold personal data; emptied by erasure. */
    note: text('note'),
    editEffort: doublePrecision('edit_effort'),
    majorFields: jsonb('major_fields').$type<string[]>(),
    /** As evidence: 0 or 1, or why it is none. */
    loss: doublePrecision('loss'),
    critical: boolean('critical').notNull().default(false),
    noLabel: text('no_label').$type<NoLabel>(),
    /** The reviewer's word on an edit between minor and major. */
    originalOk: boolean('original_ok'),
    shownAt: at('shown_at'),
    decidedAt: at('decided_at').notNull(),
  },
  (t) => [
    uniqueIndex('verdicts_one_settles').on(t.decisionId).where(sql`purpose = 'settle'`),
    index('verdicts_actor').on(t.workspaceId, t.actor, t.decidedAt),
  ],
);

/** Personal data. One row an e-mail; a second sending by a person's will is a second row that names the first. */
export const messages = pgTable(
  'messages',
  {
    id: id(),
    workspaceId: workspaceId(),
    leadId: uuid('lead_id')
      .notNull()
      .references(() => leads.id),
    enrollmentId: uuid('enrollment_id').references(() => enrollments.id),
    decisionId: uuid('decision_id')
      .notNull()
      .references(() => decisions.id),
    workflowId: uuid('workflow_id')
      .notNull()
      .references(() => workflows.id),
    step: text('step').notNull(),
    replacesId: uuid('replaces_id'),
    status: text('status').$type<MessageStatus>().notNull(),
    statusReason: text('status_reason'),
    /** The rendered mail (core/message.ts RenderedMail); null after erasure. */
    mail: jsonb('mail').$type<Record<string, unknown>>(),
    contentHash: text('content_hash').notNull(),
    messageIdHeader: text('message_id_header').notNull(),
    sendAfter: at('send_after').notNull(),
    expiresAt: at('expires_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    version: integer('version').notNull().default(0),
    /** Machine time. */
    leaseUntil: at('lease_until'),
    smtpAnswer: text('smtp_answer'),
    approvedAt: at('approved_at').notNull(),
    sendingAt: at('sending_at'),
    sentAt: at('sent_at'),
    endedAt: at('ended_at'),
  },
  (t) => [
    uniqueIndex('messages_one_a_decision').on(t.decisionId).where(sql`replaces_id is null`),
    uniqueIndex('messages_message_id').on(t.messageIdHeader),
    uniqueIndex('messages_one_replacement').on(t.replacesId),
    index('messages_due').on(t.sendAfter, t.id).where(sql`status = 'approved'`),
    index('messages_sending').on(t.leaseUntil).where(sql`status = 'sending'`),
    index('messages_lead').on(t.leadId, t.sentAt),
    check('messages_status', oneOf('status', ['approved', 'sending', 'sent', 'uncertain', 'failed', 'cancelled'])),
  ],
);

/** What stands in a lead's mail: an opaque 128-bit token, no address. Made with the draft, since the approved hash covers it. */
export const unsubscribeLinks = pgTable(
  'unsubscribe_links',
  {
    token: text('token').primaryKey(),
    workspaceId: workspaceId(),
    leadId: uuid('lead_id')
      .notNull()
      .references(() => leads.id),
    decisionId: uuid('decision_id'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [uniqueIndex('unsubscribe_links_decision').on(t.decisionId)],
);

/** What was learned of the risk of a kind, or tried: one of a kind is in use, else the stated prior. Numbers only. */
export const riskModels = pgTable(
  'risk_models',
  {
    id: id(),
    workspaceId: workspaceId(),
    kind: text('kind').$type<Kind>().notNull(),
    /** The scorer's name, as decisions bear it; of one that was not learned `none`. */
    name: text('name').notNull(),
    status: text('status').$type<'in_use' | 'retired' | 'not_learned'>().notNull(),
    model: jsonb('model').$type<LearnedRisk>(),
    report: jsonb('report').$type<RiskReport>(),
    because: text('because').$type<NotLearned>(),
    actor: text('actor').notNull(),
    trainedAt: at('trained_at').notNull(),
  },
  (t) => [
    uniqueIndex('risk_models_one_in_use').on(t.workspaceId, t.kind).where(sql`status = 'in_use'`),
    index('risk_models_trained').on(t.workspaceId, t.kind, t.trainedAt),
    check('risk_models_status', oneOf('status', ['in_use', 'retired', 'not_learned'])),
    check('risk_models_in_use', sql`status = 'not_learned' or (model is not null and report is not null)`),
  ],
);

/** Lead scores learned from own outcomes, and what became of each try. `model` and `report` hold numbers and frequent words of columns. */
export const leadScoreModels = pgTable(
  'lead_score_models',
  {
    id: id(),
    workspaceId: workspaceId(),
    /** Of the learned ones, from 1; null for a try that was not taken. */
    version: integer('version'),
    /** The scorer's name; of one that was not learned `none`. */
    name: text('name').notNull(),
    status: text('status').$type<'in_use' | 'retired' | 'not_learned'>().notNull(),
    model: jsonb('model').$type<LearnedLeadScore>(),
    report: jsonb('report').$type<LeadScoreReport>(),
    because: text('because').$type<LeadScoreNotLearned>(),
    actor: text('actor').notNull(),
    trainedAt: at('trained_at').notNull(),
  },
  (t) => [
    uniqueIndex('lead_score_models_one_in_use').on(t.workspaceId).where(sql`status = 'in_use'`),
    uniqueIndex('lead_score_models_version').on(t.workspaceId, t.version),
    index('lead_score_models_trained').on(t.workspaceId, t.trainedAt),
    check('lead_score_models_status', oneOf('status', ['in_use', 'retired', 'not_learned'])),
    check(
      'lead_score_models_in_use',
      sql`status = 'not_learned' or (version is not null and model is not null and report is not null)`,
    ),
  ],
);

/** A message in Slack as it should be and as it is. Slack is a projection of rows; sync-cards makes them agree. */
export const slackPosts = pgTable(
  'slack_posts',
  {
    id: id(),
    workspaceId: workspaceId(),
    purpose: text('purpose').$type<'card' | 'digest' | 'notice'>().notNull(),
    subjectType: text('subject_type')
      .$type<'decision' | 'message' | 'workspace' | 'workflow' | 'cell' | 'enrollment' | 'import_batch' | 'task'>()
      .notNull(),
    subjectId: text('subject_id').notNull(),
    channel: text('channel').notNull(),
    /** Channel id and ts as Slack gave them. */
    postedChannel: text('posted_channel'),
    ts: text('ts'),
    status: text('status').$type<'due' | 'posting' | 'posted' | 'uncertain' | 'failed' | 'dropped'>().notNull(),
    /** Facts for the kinds of post that are not derived from a row (digest, notice); ids and counts only. */
    payload: jsonb('payload').$type<Record<string, unknown>>(),
    /** Hash of the rendered message that stands in Slack now. */
    shownHash: text('shown_hash'),
    /** Raised whenever the row behind it changed; equal to `shownRevision` when Slack shows the newest. */
    revision: integer('revision').notNull().default(1),
    shownRevision: integer('shown_revision').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    dueAt: at('due_at').notNull(),
    firstShownAt: at('first_shown_at'),
    /** Machine time, like Slack's own timestamps: when posting was tried first. Where to look after a lost answer. */
    firstTriedAt: at('first_tried_at'),
    /** Machine time. */
    leaseUntil: at('lease_until'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('slack_posts_subject').on(t.workspaceId, t.purpose, t.subjectType, t.subjectId),
    index('slack_posts_due')
      .on(t.channel, t.dueAt)
      .where(sql`shown_revision < revision and status <> 'failed' and status <> 'dropped'`),
    check('slack_posts_status', oneOf('status', ['due', 'posting', 'posted', 'uncertain', 'failed', 'dropped'])),
  ],
);

/** What a lead did. Kept raw with how it was classified; only human ones count. */
export const outcomes = pgTable(
  'outcomes',
  {
    id: id(),
    workspaceId: workspaceId(),
    leadId: uuid('lead_id')
      .notNull()
      .references(() => leads.id),
    messageId: uuid('message_id').references(() => messages.id),
    decisionId: uuid('decision_id').references(() => decisions.id),
    type: text('type')
      .$type<'clicked' | 'replied' | 'converted' | 'bounced' | 'unsubscribed' | 'complained'>()
      .notNull(),
    classification: text('classification').$type<'human' | 'bot' | 'unknown'>().notNull(),
    reasons: jsonb('reasons').$type<string[]>().notNull(),
    source: text('source').notNull(),
    dedupeKey: text('dedupe_key').notNull(),
    /** May hold personal data; emptied by erasure. */
    raw: jsonb('raw').$type<Record<string, unknown>>(),
    occurredAt: at('occurred_at').notNull(),
    receivedAt: at('received_at').notNull(),
  },
  (t) => [
    uniqueIndex('outcomes_once').on(t.workspaceId, t.source, t.dedupeKey),
    index('outcomes_lead').on(t.leadId, t.occurredAt),
    index('outcomes_decision').on(t.decisionId),
  ],
);

/** By keyed hash of the address (whole, lower case), of the domain, or by account id: it survives erasure and re-import. */
export const suppressions = pgTable(
  'suppressions',
  {
    id: id(),
    workspaceId: workspaceId(),
    scope: text('scope').$type<'address' | 'domain' | 'account'>().notNull(),
    keyHash: text('key_hash').notNull(),
    reason: text('reason')
      .$type<'unsubscribed' | 'bounced' | 'complained' | 'replied_stop' | 'imported' | 'by_person'>()
      .notNull(),
    source: text('source').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('suppressions_key').on(t.workspaceId, t.scope, t.keyHash),
    check('suppressions_scope', oneOf('scope', ['address', 'domain', 'account'])),
  ],
);

/** Everything from outside that has an id of its own, so that a replay does nothing. Kept at least seven days. */
export const inboundIds = pgTable(
  'inbound_ids',
  {
    workspaceId: workspaceId(),
    source: text('source').notNull(),
    externalId: text('external_id').notNull(),
    receivedAt: at('received_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.source, t.externalId] }), index('inbound_ids_age').on(t.receivedAt)],
);

/** Append-only (a trigger refuses anything else): ids and keyed hashes, never personal data. */
export const audit = pgTable(
  'audit',
  {
    workspaceId: workspaceId(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: at('at').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectId: text('subject_id').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    prevHash: text('prev_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.seq] }), index('audit_subject').on(t.subjectType, t.subjectId)],
);

/** The last link of each workspace's chain; locked last in every transaction, so that appends are in one line. */
export const auditTips = pgTable('audit_tips', {
  workspaceId: uuid('workspace_id')
    .primaryKey()
    .references(() => workspaces.id),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  hash: text('hash').notNull(),
});

/** Once-only jobs of the clock: inserting the row is the right to run. */
export const clockRuns = pgTable(
  'clock_runs',
  {
    workspaceId: workspaceId(),
    job: text('job').notNull(),
    fireAt: at('fire_at').notNull(),
    startedAt: at('started_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.job, t.fireAt] })],
);
