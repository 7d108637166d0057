import { linksIn } from './links.ts';
import { gapsOf, loudness, type RiskFacts, wordsOf } from './risk-facts.ts';

/** Names the formula below; a change of it is a new scorer and begins a new epoch. */
const RISK_SCORER = 'prior-1';

/** `weight` ranks the reasons: what each adds to the risk, or to its ln odds where the risk was learned. */
export type RiskReason = { code: string; weight: number; text: string };
export type Risk = { value: number; scorer: string; reasons: RiskReason[] };

/** From here on a text counts as unlike what was approved, and long, and full of links. */
const UNLIKE_FROM = 0.75;
const LONG_FROM = 180;
const MANY_LINKS_FROM = 3;

/**
 * The chance that a reviewer would not let the proposal through as it is, 0…1: a stated prior until enough decisions are
 * settled to learn one (core/risk-model.ts). Doubts combine as independent causes, 1 − Π(1 − weight), so that each can only add.
 */
export function riskOf(facts: RiskFacts): Risk {
  const reasons: RiskReason[] = [
    { code: 'base', weight: 0.08, text: 'Every proposal carries some risk.' },
    ...doubtReasons(facts),
    ...facts.findings.map(({ code, severity, text }) => ({ code, weight: severity === 'block' ? 0.9 : 0.25, text })),
    ...leadReasons(facts),
    ...textReasons(facts),
  ];
  const value = 1 - reasons.reduce((left, reason) => left * (1 - reason.weight), 1);
  return {
    value: Math.round(value * 10_000) / 10_000,
    scorer: RISK_SCORER,
    reasons: reasons.toSorted((a, b) => b.weight - a.weight),
  };
}

function doubtReasons({ doubt }: RiskFacts): RiskReason[] {
  if (doubt === null || Number.isNaN(doubt))
    return [{ code: 'doubt_unknown', weight: 0.3, text: 'The AI did not say how sure it was.' }];
  const weight = 0.6 * clamp(doubt);
  const text = `The AI itself was unsure (${Math.round(100 * clamp(doubt))} %).`;
  return doubt > 0 ? [{ code: 'model_doubt', weight, text }] : [];
}

function leadReasons({ kind, tainted, inputs }: RiskFacts): RiskReason[] {
  const reasons: RiskReason[] = [];
  if (tainted.length > 0)
    reasons.push({
      code: 'taint',
      weight: 0.5,
      text: `Text from the lead looks like an instruction (${tainted.join(', ')}).`,
    });
  if (kind === 'email_draft' && inputs.priorMails.length === 0)
    reasons.push({ code: 'first_touch', weight: 0.1, text: 'It is the first mail to this lead.' });
  const gaps = gapsOf(inputs);
  if (gaps.length > 0)
    reasons.push({ code: 'thin_record', weight: 0.06 * gaps.length, text: `Not known of the lead: ${inWords(gaps)}.` });
  return reasons;
}

function textReasons({ kind, text, unlikeApproved }: RiskFacts): RiskReason[] {
  const reasons: RiskReason[] = [];
  const words = wordsOf(text);
  if (kind === 'email_draft' && words > LONG_FROM)
    reasons.push({ code: 'long', weight: 0.1, text: `The text is long (${words} words).` });
  const links = linksIn(text.body).length;
  if (links >= MANY_LINKS_FROM) reasons.push({ code: 'many_links', weight: 0.06, text: `It has ${links} links.` });
  const { exclamations, capitals } = loudness(text);
  if (exclamations > 1 || capitals > 1)
    reasons.push({ code: 'loud', weight: 0.08, text: 'It is loud: exclamation marks or words in capitals.' });
  const far = ((unlikeApproved ?? 0) - UNLIKE_FROM) / (1 - UNLIKE_FROM);
  if (far > 0)
    reasons.push({
      code: 'unlike_approved',
      weight: 0.1 * clamp(far),
      text: 'It is unlike what was approved at this step before.',
    });
  return reasons;
}

function inWords(list: readonly string[]): string {
  return list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`;
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
