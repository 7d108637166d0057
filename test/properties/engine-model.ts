/**
 * The engine's promise for one lead in one workflow, small enough to be read at once. Times are milliseconds. Two versions of the
 * workflow take turns:
 *
 *     a: rest (a wait) → draft (a decision) → opened (a wait for an event, with a timeout) → last (a mail)
 *     b: draft, of the same words → pause (a wait) → last
 */
export type Version = 'a' | 'b';
export type StepId = 'rest' | 'draft' | 'opened' | 'pause' | 'last';
export type Place =
  | { at: 'nowhere' }
  | { at: 'active'; step: StepId }
  | { at: 'waiting'; step: StepId; until: number }
  | { at: 'people'; step: 'draft'; since: number; until: number }
  | { at: 'done' }
  | { at: 'exited'; reason: string };

const HOUR = 3_600_000;
/** Half hours, so that no timer ends at the very moment of an operation: these come at full hours. */
export const WAIT = { rest: 24.5 * HOUR, opened: 70.5 * HOUR, pause: 40.5 * HOUR } as const;
export const DEADLINE = 50.5 * HOUR;

const AFTER: Record<Version, Partial<Record<StepId, StepId>>> = {
  a: { rest: 'draft', draft: 'opened', opened: 'last' },
  b: { draft: 'pause', pause: 'last' },
};
const FIRST = { a: 'rest', b: 'draft' } as const;

/** All leads share the workflow; each has a place of its own. */
export type Flow = { current: Version; pausedAt: number | null };

export class ModelLead {
  place: Place = { at: 'nowhere' };
  version: Version = 'a';
  optedOut = false;
  openedSinceEntry = false;
  decisions = 0;
  /** Steps whose mails left, in order. */
  mails: StepId[] = [];
  /** Approved and not yet sent, because the workflow is paused. */
  approved: StepId[] = [];

  get underWay(): boolean {
    return this.place.at === 'active' || this.place.at === 'waiting' || this.place.at === 'people';
  }

  enroll(flow: Flow): void {
    if (this.optedOut || this.underWay) return;
    this.version = flow.current;
    this.openedSinceEntry = false;
    this.place = { at: 'active', step: FIRST[flow.current] };
  }

  event(type: 'opened' | 'bought'): void {
    if (!this.underWay) return;
    if (type === 'bought') this.leave('goal reached');
    else this.openedSinceEntry = true;
  }

  reply(): void {
    if (this.mails.length > 0) this.leave('the lead replied');
  }

  unsubscribe(): void {
    this.optedOut = true;
    this.leave('the lead unsubscribed');
  }

  decide(verdict: 'approve' | 'reject'): void {
    if (this.place.at !== 'people') return;
    if (verdict === 'reject') return this.leave('rejected at draft');
    this.approved.push('draft');
    this.goOn('draft');
  }

  migrate(to: Version): void {
    if (!this.underWay || this.version === to || !('step' in this.place)) return;
    const { step } = this.place;
    this.version = to;
    if (step === 'rest') this.place = { at: 'active', step: 'draft' };
    else if (step === 'opened' || step === 'pause') this.place = { at: 'active', step: 'last' };
  }

  /** What was waiting for people waits as much longer as the pause lasted. */
  resume(pausedAt: number, now: number): void {
    if (this.place.at === 'people')
      this.place = { ...this.place, until: this.place.until + now - Math.max(pausedAt, this.place.since) };
  }

  /** All that is due now, unless the workflow is paused. */
  run(flow: Flow, now: number): void {
    if (flow.pausedAt !== null) return;
    this.mails.push(...this.approved.splice(0));
    for (;;) {
      const before = this.place;
      this.turn(now);
      this.mails.push(...this.approved.splice(0));
      if (this.place === before) return;
    }
  }

  private turn(now: number): void {
    const { place } = this;
    if (place.at === 'people' && place.until <= now) return this.goOn('draft');
    if (place.at === 'waiting' && (place.until <= now || (place.step === 'opened' && this.openedSinceEntry)))
      return this.goOn(place.step);
    if (place.at !== 'active') return;
    switch (place.step) {
      case 'draft':
        this.decisions += 1;
        this.place = { at: 'people', step: 'draft', since: now, until: now + DEADLINE };
        return;
      case 'last':
        this.approved.push('last');
        this.goOn('last');
        return;
      case 'rest':
      case 'opened':
      case 'pause':
        this.place = { at: 'waiting', step: place.step, until: now + WAIT[place.step] };
        return;
    }
  }

  private goOn(from: StepId): void {
    const step = AFTER[this.version][from];
    this.place = step === undefined ? { at: 'done' } : { at: 'active', step };
  }

  /** What was approved and has not left stays here, also of a way that had ended. */
  private leave(reason: string): void {
    if (this.underWay) {
      this.place = { at: 'exited', reason };
      this.approved = [];
    } else if (reason !== 'goal reached') this.approved = [];
  }
}
