import { createHmac } from 'node:crypto';
import { AUTONOMY_POLICY } from './autonomy/policy.ts';
import type { PolicyState } from './autonomy/policy-state.ts';
import type { Finding } from './finding.ts';

const routes = ['review', 'auto', 'spot_check'] as const;
export type Route = (typeof routes)[number];

/** Names the rules below, stored with each decision so that it is always judged by the rules it was made under. */
const GATE_POLICY = `gate-2 ${AUTONOMY_POLICY}`;

/** Where a cell stands, as far as the gate looks. A new cell stands on rung 0 with an empty ladder: nothing is automatic, not even risk 0. */
export type CellStanding = {
  epoch: number;
  rung: number;
  /** Upper risk of each band, ascending; drawn from the first risks of the epoch. */
  ladder: readonly number[];
  /** Rises with every change of what the gate would answer; a decision made under an older one goes to people. */
  policyVersion: number;
};

export function standingOf({ epoch, rung, ladder }: PolicyState, policyVersion: number): CellStanding {
  return { epoch, rung, ladder: ladder ?? [], policyVersion };
}

export type GateFacts = {
  decisionId: string;
  hasProposal: boolean;
  risk: number | null;
  findings: readonly Finding[];
  tainted: readonly string[];
  /** Nothing from this template version was approved by a person before. */
  firstFromTemplate: boolean;
  /** Kinds or topics that are never automatic. */
  neverAutomatic: boolean;
  /** Made by a version of the workflow that was replaced since, in words that today's does not have. */
  outdated: boolean;
  cell: CellStanding;
  /** Spot-check probability of this band now, 0…1. */
  spotCheckRate: number;
  /** Too little was seen of its language, persona or product to let it ride on the evidence of others. */
  newSegment: boolean;
};

export type GateReason = { code: string; text: string };

export type GateAnswer = {
  route: Route;
  because: GateReason[];
  policy: string;
  policyVersion: number;
  epoch: number;
  rung: number;
  threshold: number;
  /** 1-based band the risk lies in, ladder length + 1 when above it, null without a risk. */
  band: number | null;
  /** Spot-check probability that was used; 1 where everything is reviewed. */
  q: number;
  /** The coin, 0…1, or null when it was not tossed. */
  coin: number | null;
};

/** u = HMAC-SHA256(secret, decisionId) / 2^256, from its first 53 bits: anybody with the secret can toss it again. */
export function spotCheckCoin(secret: string, decisionId: string): number {
  const digest = createHmac('sha256', secret).update(decisionId).digest();
  return (digest.readUIntBE(0, 6) * 32 + (digest.readUInt8(6) >> 3)) / 2 ** 53;
}

/** Decides who decides. Everything that is not clearly allowed goes to people; each reason is stored. */
export function gate(facts: GateFacts, secret: string): GateAnswer {
  const { cell } = facts;
  const threshold = cell.rung === 0 ? 0 : (cell.ladder[cell.rung - 1] ?? 0);
  const band = facts.risk === null || !Number.isFinite(facts.risk) ? null : bandOf(cell.ladder, facts.risk);
  const because = reasonsForReview(facts, band);
  const answer = {
    policy: GATE_POLICY,
    policyVersion: cell.policyVersion,
    epoch: cell.epoch,
    rung: cell.rung,
    threshold,
    band,
  };
  if (because.length > 0) return { ...answer, route: 'review', because, q: 1, coin: null };
  const coin = spotCheckCoin(secret, facts.decisionId);
  const q = facts.spotCheckRate >= 0 && facts.spotCheckRate <= 1 ? facts.spotCheckRate : 1;
  const within: GateReason = {
    code: 'within_threshold',
    text: `Risk ${facts.risk} is at most the threshold ${threshold}.`,
  };
  if (coin < q)
    return {
      ...answer,
      route: 'spot_check',
      because: [within, { code: 'spot_check', text: 'It was drawn for a spot check.' }],
      q,
      coin,
    };
  return { ...answer, route: 'auto', because: [within], q, coin };
}

function bandOf(ladder: readonly number[], risk: number): number {
  const index = ladder.findIndex((upper) => risk <= upper);
  return index === -1 ? ladder.length + 1 : index + 1;
}

/** A rung that the ladder has, on a ladder that only rises. Without this an empty ladder would let every risk through. */
function isSound({ rung, ladder }: CellStanding): boolean {
  return (
    Number.isInteger(rung) &&
    rung >= 1 &&
    rung <= ladder.length &&
    ladder.every((upper, i) => upper > (ladder[i - 1] ?? -1))
  );
}

function reasonsForReview(facts: GateFacts, band: number | null): GateReason[] {
  const because: GateReason[] = [];
  const add = (code: string, text: string) => because.push({ code, text });
  if (!facts.hasProposal) add('no_proposal', 'The model made no proposal.');
  if (facts.neverAutomatic) add('never_automatic', 'This is never decided automatically.');
  if (facts.outdated) add('outdated', 'It was made by a version of the workflow that was replaced since.');
  // Also what only asks for a look: a claim that no fact carries is never approved automatically.
  for (const finding of facts.findings) add(`guardrail:${finding.code}`, finding.text);
  if (facts.tainted.length > 0)
    add('taint', `Text from the lead looks like an instruction (${facts.tainted.join(', ')}).`);
  if (facts.firstFromTemplate)
    add('first_from_template', 'Nobody has approved anything from this version of the prompt yet.');
  if (band === null) add('risk_missing', 'Its risk could not be computed.');
  if (facts.newSegment) add('new_segment', 'Too few decisions like this one were seen by people yet.');
  if (facts.cell.rung === 0) add('rung_0', 'This step has not earned any autonomy yet: people decide everything.');
  else if (!isSound(facts.cell)) add('cell_unsound', 'The standing of this step makes no sense.');
  else if (band !== null && band > facts.cell.rung) add('above_threshold', 'Its risk is above the threshold.');
  return because;
}
