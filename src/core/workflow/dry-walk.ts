import { missingFacts } from '../data-quality/required-facts.ts';
import { durationMs, humanDuration } from '../duration.ts';
import { stepById, type Workflow } from '../workflow.ts';
import type { LeadFacts } from './condition.ts';
import type { DryFacts } from './dry-facts.ts';
import { sendDry } from './dry-mail.ts';
import type { Assumptions, DryEntry, DryWay } from './dry-run-types.ts';
import {
  afterDecision,
  afterStep,
  exitNow,
  fallbackOf,
  type Move,
  nextExitChange,
  nextStep,
  type NextStep,
  type Place,
  waitAfterMail,
} from './next-step.ts';
import { deadlineMs, taskSettings } from './settings.ts';
import type { DecideStep, FixedMail, Step, TaskStep } from './step.ts';
import { fillIn } from './template.ts';

/** What a lead waits for: a moment, or room before the people who decide. It is woken with the time it is then. */
export type Wait = { until: Date } | { room: true };
export type Walk = Generator<Wait, void, Date>;

/** Whom a lead tells that people have answered it, so that the next in line is asked. */
export type Desk = { answered(now: Date): void };

const AGAIN_MS = 60_000;

/** One lead on its way through a workflow, as far as nobody but this program acts: every rule is the one that holds in earnest. */
export class DryWalker {
  readonly way: DryWay;
  readonly #workflow: Workflow;
  readonly #assumed: Assumptions;
  readonly #desk: Desk;
  readonly #lead: DryFacts;
  #enteredAt: Date;
  #place: Place | null = null;

  constructor(line: number, lead: DryFacts, given: { workflow: Workflow; assumed: Assumptions; desk: Desk }) {
    this.#workflow = given.workflow;
    this.#assumed = given.assumed;
    this.#desk = given.desk;
    this.#lead = lead;
    this.#enteredAt = given.assumed.from;
    const end = { status: 'left_out', step: null, why: '' } as const;
    const { email } = lead;
    this.way = {
      line,
      email,
      zone: lead.zone(),
      arm: null,
      entries: [],
      mails: [],
      cards: [],
      inLine: [],
      lacked: [],
      end,
    };
  }

  #facts(now: Date): LeadFacts {
    const stepEnteredAt = this.#here().since;
    return this.#lead.at(now, { enteredAt: this.#enteredAt, stepEnteredAt });
  }

  /** From `first`, until its way ends; whoever runs it stops when the rehearsal does, and it stays where it stands. */
  *walk(first: Step, at: Date): Walk {
    let now = at;
    this.#enteredAt = at;
    this.#place = { step: first.id, status: 'active', dueAt: at, since: at };
    for (;;) {
      const place = this.#here();
      this.#standsAt(place.step, 'on its way');
      if (this.#leaves(now)) return;
      const coin = (step: string) => this.#assumed.draw(`split:${this.#lead.email}:${step}`);
      const next = nextStep(this.#workflow, place, this.#facts(now), now, coin);
      for (const { step, did, why } of next.passed) this.#tell({ at: now, step, did, text: why });
      const stays = next.passed.length === 0 && place.status === 'waiting';
      if (next.do === 'wait') {
        now = yield* this.#wait(next, stays ? place.since : now, now, stays);
        continue;
      }
      const { move, at: then } = yield* this.#carryOut(next, now);
      now = then;
      if (move === null || !this.#moves(move, now)) return;
    }
  }

  #here(): Place {
    if (this.#place === null) throw new Error(`lead of line ${this.way.line} stands nowhere`);
    return this.#place;
  }

  *#wait(next: Extract<NextStep, { do: 'wait' }>, since: Date, now: Date, stays: boolean): Generator<Wait, Date, Date> {
    const dueAt = stays ? next.until : this.#afterMails(next.step.id, next.until, now);
    this.#place = { step: next.step.id, status: 'waiting', dueAt, since };
    this.#standsAt(next.step.id, next.why);
    if (!stays) this.#tell({ at: now, step: next.step.id, did: 'waits', text: next.why });
    return yield { until: this.#earlier(dueAt, now) };
  }

  /** A plain wait counts from the moment at which the mail before it leaves, if that is within it. */
  #afterMails(step: string, until: Date, now: Date): Date {
    let due = until;
    for (const { step: mailStep, leaves } of this.way.mails) {
      if (leaves === null || leaves <= now || leaves >= due) continue;
      due = waitAfterMail(this.#workflow, mailStep, step, leaves) ?? due;
    }
    return due;
  }

  /** Passing time alone can reach a goal or an exit condition before a timer is over. */
  #earlier(timer: Date, now: Date): Date {
    const change = nextExitChange(this.#workflow, this.#facts(now), now);
    return change !== null && change < timer ? change : timer;
  }

  #leaves(now: Date): boolean {
    const exit = exitNow(this.#workflow, this.#facts(now), now);
    if (exit === null) return false;
    this.#stop(now);
    this.#end('exited', exit.reason, now);
    return true;
  }

  /** Mails that would leave later stay here: the lead is out. */
  #stop(now: Date): void {
    this.way.mails = this.way.mails.map((mail) =>
      mail.leaves === null || mail.leaves <= now
        ? mail
        : {
            ...mail,
            leaves: null,
            why: 'the lead left the workflow first',
            deferred: mail.deferred.filter(({ at }) => at <= now),
          },
    );
  }

  *#carryOut(
    next: Exclude<NextStep, { do: 'wait' }>,
    now: Date,
  ): Generator<Wait, { move: Move | null; at: Date }, Date> {
    switch (next.do) {
      case 'finish':
        return { move: { status: 'done' }, at: now };
      case 'exit': {
        this.#place = { step: next.step, status: 'active', dueAt: now, since: now };
        this.#standsAt(next.step, 'for its mail to leave');
        const at = yield* this.#whenMailsLeft(next.step, now);
        return { move: { status: 'exited', reason: next.reason }, at };
      }
      case 'decide':
        this.#enter(next.step, now);
        return yield* this.#ask(next.step, now);
      case 'task':
        this.#enter(next.step, now);
        return yield* this.#giveTask(next.step, now);
      case 'send': {
        this.#enter(next.step, now);
        const queued = this.#sendFixed(next.step.id, next.step.send, now);
        return { move: afterStep(this.#workflow, next.step.id, queued ? 'done' : 'skipped'), at: now };
      }
      case 'update':
        this.#enter(next.step, now);
        this.#tell({
          at: now,
          step: next.step.id,
          did: 'updated',
          text: `changes ${this.#lead.update(this.#workflow, next.step, now).join(', ') || 'nothing'}`,
        });
        return { move: afterStep(this.#workflow, next.step.id), at: now };
      case 'webhook':
        this.#enter(next.step, now);
        this.#tell({ at: now, step: next.step.id, did: 'called', text: `${next.step.webhook.url} would be called` });
        return { move: afterStep(this.#workflow, next.step.id), at: now };
    }
  }

  #enter({ id }: Step, now: Date): void {
    const place = this.#here();
    if (place.step !== id) this.#place = { step: id, status: 'active', dueAt: now, since: now };
  }

  *#whenMailsLeft(step: string, now: Date): Generator<Wait, Date, Date> {
    const latest = Math.max(...this.way.mails.map(({ leaves }) => leaves?.getTime() ?? 0), 0);
    if (latest <= now.getTime()) return now;
    this.#place = { step, status: 'waiting', dueAt: new Date(latest + AGAIN_MS), since: now };
    return yield { until: new Date(latest + AGAIN_MS) };
  }

  /** The card, its answer, and what the answer does. */
  *#ask(step: DecideStep, came: Date): Generator<Wait, { move: Move | null; at: Date }, Date> {
    const now = yield* this.#inLine(step.id, came);
    if (now > came && this.#leaves(now)) {
      this.#desk.answered(now);
      return { move: null, at: now };
    }
    const lacks = missingFacts(this.#facts(now).fields, this.#workflow.required_fields ?? []);
    if (lacks.length > 0) {
      this.#desk.answered(now);
      return yield* this.#hold(step, lacks, now);
    }
    this.way.cards.push({ at: now, about: step.decide });
    this.#tell({ at: now, step: step.id, did: 'asked', text: `${KIND_WORDS[step.decide]} comes to people` });
    this.#standsAt(step.id, 'for people to decide');
    const deadline = new Date(now.getTime() + deadlineMs(this.#workflow, step.decide));
    const { at, inTime } = yield* this.#answer(deadline, now);
    this.#desk.answered(at);
    if (this.way.end.status === 'exited') return { move: null, at };
    return { move: inTime ? this.#approved(step, at) : this.#expired(step, at), at };
  }

  *#inLine(step: string, came: Date): Generator<Wait, Date, Date> {
    this.#standsAt(step, 'in line, because max_pending decisions wait for people');
    const now = yield { room: true };
    if (now > came) {
      this.way.inLine.push(now.getTime() - came.getTime());
      const text = `waited ${humanDuration(now.getTime() - came.getTime())} in line: ${this.#workflow.max_pending} others waited for people`;
      this.#tell({ at: now, step, did: 'in_line', text });
    }
    return now;
  }

  /** Waits for an answer; it leaves meanwhile when passing time alone lets it. */
  *#answer(
    deadline: Date,
    asked: Date,
    after = this.#assumed.answerAfterMs,
  ): Generator<Wait, { at: Date; inTime: boolean }, Date> {
    const answer = after === null ? null : new Date(asked.getTime() + after);
    const inTime = answer !== null && answer < deadline;
    const end = inTime ? answer : deadline;
    for (let now = asked; ; ) {
      now = yield { until: this.#earlier(end, now) };
      if (this.#leaves(now) || now >= end) return { at: now, inTime };
    }
  }

  #approved(step: DecideStep, now: Date): Move {
    if (step.decide === 'lead_score') {
      const text = `approved: score ${this.#lead.scored(now)}`;
      this.#tell({ at: now, step: step.id, did: 'approved', text });
    } else {
      this.#tell({ at: now, step: step.id, did: 'approved', text: 'approved' });
      const sendAfter = new Date(now.getTime() + durationMs(this.#workflow.undo_window));
      this.#queue(step.id, null, now, sendAfter);
    }
    return afterDecision(this.#workflow, step.id, 'approved');
  }

  #expired(step: DecideStep, now: Date): Move {
    this.#tell({ at: now, step: step.id, did: 'expired', text: 'nobody decided in time' });
    const fallback = fallbackOf(this.#workflow, step.id, 'on_expire');
    if (fallback.do === 'send') this.#sendFixed(step.id, fallback.mail, now);
    return afterDecision(this.#workflow, step.id, 'expired');
  }

  /** No AI decision without the facts that the workflow asks for; nobody fills them in. */
  *#hold(step: DecideStep, lacks: string[], now: Date): Generator<Wait, { move: Move | null; at: Date }, Date> {
    this.way.lacked = lacks;
    this.way.cards.push({ at: now, about: 'facts' });
    this.#tell({ at: now, step: step.id, did: 'held', text: `held: people are asked for ${lacks.join(', ')}` });
    this.#standsAt(step.id, `for ${lacks.join(', ')}`);
    const { at } = yield* this.#answer(new Date(now.getTime() + deadlineMs(this.#workflow, step.decide)), now, null);
    if (this.way.end.status === 'exited') return { move: null, at };
    return { move: { status: 'exited', reason: `nobody filled in ${lacks.join(', ')} in time` }, at };
  }

  *#giveTask(step: TaskStep, came: Date): Generator<Wait, { move: Move | null; at: Date }, Date> {
    const now = yield* this.#inLine(step.id, came);
    if (now > came && this.#leaves(now)) {
      this.#desk.answered(now);
      return { move: null, at: now };
    }
    const { text } = fillIn(step.task.text, this.#facts(now));
    this.way.cards.push({ at: now, about: 'task' });
    this.#tell({ at: now, step: step.id, did: 'task_asked', text: `task for people: ${text}` });
    this.#standsAt(step.id, 'for people to do the task');
    const deadline = new Date(now.getTime() + taskSettings(this.#workflow, step).deadlineMs);
    const { at, inTime } = yield* this.#answer(deadline, now);
    this.#desk.answered(at);
    if (this.way.end.status === 'exited') return { move: null, at };
    this.#tell({
      at,
      step: step.id,
      did: inTime ? 'task_done' : 'task_expired',
      text: inTime ? 'done' : 'nobody did it in time',
    });
    return { move: afterStep(this.#workflow, step.id, inTime ? 'done' : 'expired'), at };
  }

  #sendFixed(step: string, mail: FixedMail, now: Date): boolean {
    const filled = this.#lead.fill(this.#workflow, mail, now);
    if (filled.ok) this.#queue(step, filled.subject, now, now);
    else this.#tell({ at: now, step, did: 'skipped', text: `the mail is not sent. ${filled.problems.join(' ')}` });
    return filled.ok;
  }

  #queue(step: string, subject: string | null, approvedAt: Date, sendAfter: Date): void {
    const expiresAt = new Date(sendAfter.getTime() + this.#assumed.approvalHoldsMs);
    const about = { workflow: this.#workflow, zone: this.#lead.zone(), earlier: this.way.mails };
    this.way.mails = [...this.way.mails, sendDry({ step, subject, approvedAt, sendAfter, expiresAt }, about)];
  }

  /** @returns whether it goes on. */
  #moves(move: Move, now: Date): boolean {
    switch (move.status) {
      case 'active':
        this.#place = { step: stepById(this.#workflow, move.step).id, status: 'active', dueAt: now, since: now };
        return true;
      case 'done':
        this.#end('done', 'went through', now);
        return false;
      case 'exited':
        this.#stop(now);
        this.#end('exited', move.reason, now);
        return false;
    }
  }

  #end(status: 'done' | 'exited', why: string, at: Date): void {
    const step = this.#here().step;
    this.way.end = { status, step, why };
    this.#tell({ at, step, did: 'ended', text: why });
  }

  #standsAt(step: string, why: string): void {
    this.way.end = { status: 'under_way', step, why };
  }

  #tell(entry: DryEntry): void {
    this.way.entries.push(entry);
  }
}

const KIND_WORDS = { lead_score: 'a lead score', email_draft: 'an e-mail draft' } as const;
