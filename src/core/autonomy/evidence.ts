import { at as item } from '../statistics/argument-checks.ts';
import { advanceAlarm, passesToClear } from './alarm.ts';
import { bandOf, drawLadder, isRisk } from './ladder.ts';
import { beginEpoch, soundAlarm, type Trigger } from './lowering.ts';
import type { PolicyConfig } from './policy-config.ts';
import type { PolicyEffect } from './policy-effect.ts';
import type { Decided, Labelled, Relabelled } from './policy-event.ts';
import { type EarlyEvidence, emptyBands, isTight, type PolicyState, type Segment } from './policy-state.ts';
import { isEarned, raise, raiseBlocker, raiseNumbers, rungOf } from './raising.ts';
import { countEligible, DAY_MS } from './spot-check-rate.ts';

/** Counts a decision into its band and, once there are enough risks, draws the ladder of the epoch. */
export function decided(draft: PolicyState, event: Decided, config: PolicyConfig): PolicyEffect[] {
  if (event.eligible) countEligible(draft, event.at);
  const band = count(draft, { risk: event.risk, decisions: 1, labels: 0, losses: 0 });
  return band === null ? drawWhenEnough(draft, config) : [];
}

/** Adds evidence to its band, which is answered, or to what waits for the ladder: then null. */
function count(draft: PolicyState, evidence: Omit<EarlyEvidence, 'risk'> & { risk: number | null }): number | null {
  const { risk, decisions, labels, losses } = evidence;
  if (!isRisk(risk)) draft.above += decisions;
  else if (draft.ladder === null) draft.early.push({ risk, decisions, labels, losses });
  if (draft.ladder === null) return null;
  const place = bandOf(draft.ladder, risk);
  const band = draft.bands[place - 1];
  if (band) {
    band.decisions += decisions;
    band.labels += labels;
    band.losses += losses;
  } else if (isRisk(risk)) draft.above += decisions;
  return place;
}

function drawWhenEnough(draft: PolicyState, config: PolicyConfig): PolicyEffect[] {
  const { early } = draft;
  const risks = early.filter(({ decisions }) => decisions === 1).map(({ risk }) => risk);
  if (risks.length < config.ladderAfter) return [];
  const ladder = drawLadder(risks, config.ladderShares);
  draft.ladder = ladder;
  draft.early = [];
  draft.bands = emptyBands(ladder);
  for (const evidence of early) {
    const band = count(draft, evidence);
    if (evidence.labels === 1) noteLabel(draft, band, evidence.losses, config);
    else if (evidence.losses > 0 && band === 1) noteRecent(draft, evidence.losses, config);
  }
  return [{ type: 'ladder_drawn', ladder: [...ladder] }];
}

/** The counters that only labels move: how many since the last change, and the last ones of the first band. */
function noteLabel(draft: PolicyState, band: number | null, loss: number, config: PolicyConfig): void {
  if (band !== null && band <= draft.rung + 1) draft.since += 1;
  if (band === 1) noteRecent(draft, loss, config);
}

function noteRecent(draft: PolicyState, loss: number, { restart: { window } }: PolicyConfig): void {
  draft.recent = [...draft.recent, loss].slice(-window);
}

/** A person's verdict on a decision of this epoch: counted, watched, and perhaps the one that lowers or raises the threshold. */
export function labelled(draft: PolicyState, event: Labelled, config: PolicyConfig): PolicyEffect[] {
  const { at, loss } = event;
  const segments = segmentsOf(draft, event.segments);
  // What a hard rule keeps with people says nothing of what could be automatic: it makes no segment known.
  if (isRisk(event.risk)) for (const segment of segments) segment.labels += 1;
  const band = count(draft, { risk: event.risk, decisions: 0, labels: 1, losses: loss });
  if (band === null) return [];
  noteLabel(draft, band, loss, config);
  const before = draft.s > 0;
  const automated = band <= draft.rung;
  if (automated) {
    item(draft.bands, band - 1).checks += 1;
    if (event.q !== null) draft.leak.estimated += (loss * (1 - event.q)) / event.q;
    watch(draft, segments, loss, config);
  }
  const alarm = alarmOf(draft, segments, { critical: event.critical, reason: event.reason, late: false }, config);
  if (alarm !== null) return [soundAlarm(draft, at, alarm, config)];
  if (band === 1 && hasRecovered(draft, at, config)) return [recover(draft, at)];
  return [...tension(before, draft, event.reason, false, config), ...upwards(draft, at, config)];
}

/**
 * Late harm: the label turns worse, or a decision nobody looked at gets one. S advances by a failure like at any other time. It is
 * no spot check, shortens no pause, and never raises. What is a failure already counts no second time, but lowers when critical.
 */
export function relabelled(draft: PolicyState, event: Relabelled, config: PolicyConfig): PolicyEffect[] {
  const { at, loss, critical, reason } = event;
  const worse = Math.max(0, loss - (event.before ?? 0));
  if (worse === 0 && !critical) return [];
  const fresh = event.before === null ? 1 : 0;
  const segments = segmentsOf(draft, event.segments);
  if (isRisk(event.risk)) for (const segment of segments) segment.labels += fresh;
  const band = count(draft, { risk: event.risk, decisions: 0, labels: fresh, losses: worse });
  if (band === null) return [];
  const before = draft.s > 0;
  const automated = band <= draft.rung;
  if (automated && event.automatic) draft.leak.harmed += fresh;
  if (automated && worse > 0) watch(draft, segments, loss, config);
  // Which of the last labels it was is not kept: one failure more is the careful side.
  if (band === 1 && worse > 0) noteRecent(draft, loss, config);
  const alarm = alarmOf(draft, segments, { critical, reason, late: true }, config);
  if (alarm !== null) return [soundAlarm(draft, at, alarm, config)];
  return [...tension(before, draft, reason, true, config), ...withdrawn(draft, at, config)];
}

function watch(draft: PolicyState, segments: readonly Segment[], loss: number, config: PolicyConfig): void {
  for (const watched of [draft, ...segments]) {
    watched.s = advanceAlarm(watched.s, loss, config);
    const { checks, failures } = watched.suspicion;
    watched.suspicion =
      watched.s === 0 ? { checks: 0, failures: 0 } : { checks: checks + 1, failures: failures + (loss > 0 ? 1 : 0) };
  }
}

/** The segments of a decision in a draft, made where they are new. */
function segmentsOf(draft: PolicyState, names: readonly string[]): Segment[] {
  return [...new Set(names)].map((name) => {
    const known = draft.segments.find((segment) => segment.name === name);
    if (known) return known;
    const fresh = { name, labels: 0, s: 0, suspicion: { checks: 0, failures: 0 } };
    draft.segments.push(fresh);
    return fresh;
  });
}

/** On rung 0 nothing can fall: a critical failure there is a label like another. Above it lowers from any band. */
function alarmOf(
  draft: PolicyState,
  segments: readonly Segment[],
  { critical, reason, late }: { critical: boolean; reason: string | null; late: boolean },
  config: PolicyConfig,
): Trigger | null {
  if (draft.rung === 0) return null;
  if (critical) return { because: 'critical', suspicion: draft.suspicion, segment: null, reason, late };
  if (draft.s >= config.alarmAt) return { because: 'alarm', suspicion: draft.suspicion, segment: null, reason, late };
  const limit = config.alarmAt + Math.log(Math.max(1, draft.segments.length));
  const loud = segments.find(({ s }) => s >= limit);
  return loud ? { because: 'segment', suspicion: loud.suspicion, segment: loud.name, reason, late } : null;
}

/** A fresh start after a silent recovery: without it a bad beginning would poison the epoch for months. */
function hasRecovered(state: PolicyState, at: number, config: PolicyConfig): boolean {
  const { window, maxBad, minDays } = config.restart;
  const first = state.bands[0];
  if (state.rung > 0 || state.frozen !== null || !first || state.recent.length < window) return false;
  if (state.epochStart !== null && at - state.epochStart < minDays * DAY_MS) return false;
  if (first.losses < config.eps * first.labels) return false;
  return state.recent.reduce((sum, loss) => sum + loss, 0) <= (maxBad ?? Math.floor(window * config.eps));
}

function recover(draft: PolicyState, at: number): PolicyEffect {
  const from = rungOf(draft);
  beginEpoch(draft, at);
  return { type: 'restarted', because: 'recovery', from, epoch: draft.epoch };
}

function tension(
  before: boolean,
  draft: PolicyState,
  reason: string | null,
  late: boolean,
  config: PolicyConfig,
): PolicyEffect[] {
  const after = draft.s > 0;
  if (!before && after)
    return [{ type: 'tightened', because: 'failure', passesNeeded: passesToClear(draft.s, config), late, reason }];
  return before && !isTight(draft) ? [{ type: 'relaxed' }] : [];
}

function upwards(draft: PolicyState, at: number, config: PolicyConfig): PolicyEffect[] {
  const effects: PolicyEffect[] = [];
  if (draft.restored !== null && isEarned(draft, draft.rung, config)) {
    effects.push({ type: 'earned', at: rungOf(draft), by: draft.restored.by });
    draft.restored = null;
  }
  if (draft.proposal !== null) return [...effects, ...withdrawn(draft, at, config)];
  if (raiseBlocker(draft, at, config) !== null) return effects;
  if (!draft.proposeOnly) return [...effects, raise(draft, at, [], config)];
  draft.proposal = { rung: draft.rung + 1, at, confirmedBy: null };
  return [...effects, { type: 'proposed', ...raiseNumbers(draft, config) }];
}

/** A proposed raise is taken back as soon as it would not be made any more. */
export function withdrawn(draft: PolicyState, at: number, config: PolicyConfig): PolicyEffect[] {
  if (draft.proposal === null || raiseBlocker(draft, at, config) === null) return [];
  const { rung } = draft.proposal;
  draft.proposal = null;
  return [{ type: 'proposal_withdrawn', rung, by: null }];
}
