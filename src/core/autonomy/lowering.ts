import type { PolicyConfig } from './policy-config.ts';
import type { AlarmCause, PolicyEffect } from './policy-effect.ts';
import { emptyBands, type PolicyState, type Suspicion, thresholdOf } from './policy-state.ts';
import { rungOf } from './raising.ts';
import { DAY_MS } from './spot-check-rate.ts';

/** Starts an epoch on rung 0: what was counted so far says nothing about it. A ladder stays unless the risk is scored anew. */
export function beginEpoch(draft: PolicyState, at: number, ladder: 'keep' | 'draw_anew' = 'keep'): void {
  draft.epoch += 1;
  draft.rung = 0;
  draft.s = 0;
  draft.suspicion = { checks: 0, failures: 0 };
  if (ladder === 'draw_anew') draft.ladder = null;
  draft.early = [];
  draft.bands = emptyBands(draft.ladder);
  draft.above = 0;
  draft.since = 0;
  draft.lastChange = at;
  draft.epochStart = at;
  draft.recent = [];
  draft.leak = { estimated: 0, harmed: 0 };
  draft.segments = [];
  draft.eligible = [];
  draft.restored = null;
  draft.proposal = null;
}

export type Trigger = {
  because: AlarmCause;
  suspicion: Suspicion;
  segment: string | null;
  reason: string | null;
  late: boolean;
};

/** τ falls to 0 at once and a new epoch begins; a critical failure, or one alarm too many, freezes the cell as well. */
export function soundAlarm(draft: PolicyState, at: number, trigger: Trigger, config: PolicyConfig): PolicyEffect {
  const from = rungOf(draft);
  const leaked = Math.max(Math.round(draft.leak.estimated), draft.leak.harmed);
  draft.alarms = [...draft.alarms.filter((then) => at - then <= config.alarmWindowDays * DAY_MS), at];
  beginEpoch(draft, at);
  const critical = trigger.because === 'critical';
  const frozen = critical || draft.alarms.length >= config.maxAlarms;
  if (frozen && draft.frozen === null) {
    const reason = critical
      ? `critical: ${trigger.reason ?? 'no reason given'}`
      : `${draft.alarms.length} alarms in ${config.alarmWindowDays} days`;
    draft.frozen = { by: 'policy', reason, at };
  }
  return { type: 'lowered', ...trigger, from, to: rungOf(draft), leaked, frozen };
}

/** A person takes the threshold down to a rung, now. Evidence stays; the way up begins with a pause. */
export function lowerTo(
  draft: PolicyState,
  rung: number,
  { at, because, by, reason }: { at: number; because: 'cap' | 'person'; by: string; reason: string },
): PolicyEffect {
  const from = rungOf(draft);
  draft.rung = rung;
  draft.since = 0;
  draft.lastChange = at;
  draft.proposal = null;
  if (draft.restored !== null) draft.restored = rung === 0 ? null : { ...draft.restored, rung };
  if (rung === 0) calm(draft);
  return { type: 'lowered', because, from, to: rungOf(draft), by, reason };
}

/** Nothing is automatic, so no label can bring S back to 0: it would block the way up for ever. The counts keep the failure. */
function calm(draft: PolicyState): void {
  draft.s = 0;
  draft.suspicion = { checks: 0, failures: 0 };
  for (const segment of draft.segments) {
    segment.s = 0;
    segment.suspicion = { checks: 0, failures: 0 };
  }
}

/** The highest rung, not above the present one, that a cap lets stand. */
export function rungUnder(state: PolicyState, tau: number): number {
  let rung = state.rung;
  while (rung > 0 && thresholdOf(state, rung) > tau) rung -= 1;
  return rung;
}
