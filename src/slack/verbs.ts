import type { ControlOrder } from '../core/autonomy-order.ts';
import type { Actor } from '../core/decision.ts';
import type { MessageStatus } from '../core/message.ts';
import type { ResumedLead } from '../engine/account-pause.ts';
import type { RaiseAnswer, RaiseRef } from '../engine/answer-raise.ts';
import type { ControlActor, ControlAnswer } from '../engine/autonomy-controls.ts';
import type { AutonomyStatus } from '../engine/autonomy-status.ts';
import type { CardFacts } from '../engine/card-facts.ts';
import type { CloseTask } from '../engine/close-task.ts';
import type { EnrollByHand, EnrolledByHand } from '../engine/enroll-by-hand.ts';
import type { WorkflowList } from '../engine/list-workflows.ts';
import type { NoSuch } from '../engine/named-workflow.ts';
import type { FactsPlace, FillResult, MissingFacts } from '../engine/fill-facts.ts';
import type { PauseInput, PauseResult } from '../engine/pause.ts';
import type { RemoveByHand, RemovedByHand } from '../engine/remove-by-hand.ts';
import type { NumbersFacts } from '../engine/reviewer-numbers.ts';
import type { UncertainAnswer } from '../engine/resolve-uncertain.ts';
import type { SettleInput, SettleResult } from '../engine/settlement.ts';
import type { ShownWorkflow } from '../engine/show-workflow.ts';
import type { StatusFacts } from '../engine/status.ts';
import type { WentOut } from '../engine/went-out.ts';
import type { LeadStory } from '../engine/why-lead.ts';
import type { WorkflowLeads } from '../engine/workflow-leads.ts';

/** What people can do from Slack: the engine's verbs, already bound to their Context. Tests pass their own. */
export type SlackVerbs = {
  /** Commits before it returns; the card follows through `syncCard`. */
  settleDecision(input: SettleInput): Promise<SettleResult>;
  /** One indexed read; null for a decision that does not exist. */
  cardFacts(decisionId: string): Promise<CardFacts | null>;
  /** Makes the decision's Slack message match its row. */
  syncCard(decisionId: string): Promise<void>;
  /** The sweep over all messages whose row has moved on; answers with how many it touched. */
  syncCards(): Promise<number>;
  undoApproval(input: { decisionId: string; actor: Actor }): Promise<{ ok: true } | { ok: false; text: string }>;
  resolveUncertain(input: {
    messageId: string;
    actor: Actor;
    answer: UncertainAnswer;
  }): Promise<{ ok: true; status: MessageStatus } | { ok: false; text: string }>;
  /** Posts a message once more of which a person says that it is missing. */
  postAgain(input: { postId: string; userId: string }): Promise<{ ok: true } | { ok: false; text: string }>;
  /** A lead's answer says that our mail was wrong: held against its approval. */
  blameMail(input: { outcomeId: string; userId: string }): Promise<{ ok: true } | { ok: false; text: string }>;
  /** A person did what a workflow asked for, or skips it. */
  closeTask(input: CloseTask): Promise<{ ok: true } | { ok: false; text: string }>;
  pause(input: PauseInput): Promise<PauseResult>;
  resume(input: PauseInput): Promise<PauseResult>;
  /** A lead that is paused because a colleague replied goes on now. */
  resumeLead(input: { email: string; actor: Actor }): Promise<ResumedLead>;
  workflowStatus(): Promise<StatusFacts>;
  /** Whether this person may decide it now, so that nobody fills in a form for nothing; settling checks again. */
  mayDecideOn(decisionId: string, userId: string): Promise<{ may: boolean; approvers: string[] }>;
  /** How every step stands, or those of one workflow. */
  autonomyStatus(workflow: string | null): Promise<AutonomyStatus>;
  controlAutonomy(input: { order: ControlOrder; actor: ControlActor }): Promise<ControlAnswer>;
  /** What somebody presses on the notice of a raise. */
  answerRaise(input: RaiseRef & { answer: RaiseAnswer; userId: string }): Promise<ControlAnswer>;
  /** What was approved without asking before a threshold fell; null where that is not known. */
  wentOut(input: RaiseRef): Promise<WentOut | null>;
  /** Reviewers' numbers: whoever asks, of themselves; an admin also of the team. */
  reviewerNumbers(userId: string): Promise<NumbersFacts>;
  /** Where to suggest a pause to somebody who has just decided; null when it is none of our business. */
  pauseSuggestion(input: { decisionId: string; userId: string }): Promise<{ channel: string } | null>;
  workflowList(): Promise<WorkflowList>;
  showWorkflow(name: string): Promise<{ ok: true; shown: ShownWorkflow } | NoSuch>;
  /** Takes a second or two: never before an ack. */
  drawMap(shown: ShownWorkflow): Promise<{ png: Buffer; altText: string }>;
  workflowLeads(input: {
    name: string;
    step: string | null;
    page: number;
  }): Promise<{ ok: true; facts: WorkflowLeads } | NoSuch>;
  whyLead(email: string): Promise<{ ok: true; story: LeadStory } | { ok: false; text: string }>;
  enrollByHand(input: EnrollByHand): Promise<EnrolledByHand>;
  removeByHand(input: RemoveByHand): Promise<RemovedByHand>;
  /** What is missing of a lead that waits for facts; null when the lead is gone. */
  factsAsked(place: FactsPlace): Promise<MissingFacts | null>;
  /** What somebody filled in about it; the lead goes on when nothing is missing any more. */
  fillFacts(input: FactsPlace & { values: Record<string, string>; userId: string }): Promise<FillResult>;
  /** An import that is unlike the ones before goes on, or is undone. */
  answerImport(input: {
    batchId: string;
    answer: 'release' | 'undo';
    userId: string;
  }): Promise<{ ok: true } | { ok: false; text: string }>;
  /** Whether this person may see who is in which workflow. */
  mayRead(userId: string): Promise<boolean>;
  /** Whether this person may pause and resume, enroll and remove. */
  mayOperate(userId: string): Promise<boolean>;
};
