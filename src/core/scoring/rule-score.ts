import { engagementSigns, HALF_LIFE_DAYS, POINTS, type EngagementSign } from './engagement.ts';
import { jobLevel, type ScoredLead, type Snapshot } from './scored-lead.ts';

/** Why a score is what it is. `weight` above 0 speaks for the lead. */
export type ScoreReason = {
  /** The column it rests on. */
  column: string;
  about: 'fit' | 'engagement';
  weight: number;
  /** The value stands in it: text an outsider wrote, where the column is not one of ours. */
  text: string;
  /** The same without the value. */
  bare: string;
};

/** `fit`: who the lead is; `engagement`: what it does, lately. 0…100 each, and together. `chance`: to convert within the window, 0…1. */
export type ScoreAnswer = {
  scorer: string;
  score: number;
  fit: number;
  engagement: number;
  chance: number | null;
  reasons: ScoreReason[];
};

const RULES = 'rules-1';
const START = 30;
const ASKED_SOURCE = /demo|trial|pric|quote|contact|refer|recommend|partner|inbound|sales/i;
const CONTENT_SOURCE = /white ?paper|e-?book|webinar|download|event|content|guide|newsletter/i;
const BOUGHT_SOURCE = /list|bought|purchas|scrap|cold/i;

/** The score until there is one learned from own outcomes: stated points for who the lead is and, halved every 14 days, for what it did. */
export function ruleScore(lead: ScoredLead, snapshot: Snapshot): ScoreAnswer {
  const fitReasons = fitPoints(lead, snapshot);
  const fit = within(START + fitReasons.reduce((sum, { weight }) => sum + weight, 0));
  const { engagement } = snapshot;
  return {
    scorer: RULES,
    score: engagement.left ? Math.min(fit, 10) : Math.round((fit + engagement.score) / 2),
    fit,
    engagement: engagement.score,
    chance: null,
    reasons: [...engagementReasons(snapshot), ...fitReasons].toSorted(
      (a, b) => Math.abs(b.weight) - Math.abs(a.weight),
    ),
  };
}

function within(points: number): number {
  return Math.min(100, Math.max(0, Math.round(points)));
}

function fitPoints({ title }: ScoredLead, { cells }: Snapshot): ScoreReason[] {
  const reason = (column: string, weight: number, text: string, bare = text): ScoreReason[] =>
    weight === 0 ? [] : [{ column, about: 'fit', weight, text, bare }];
  const source = cells['source'] ?? '';
  const level = cells['job level'] === '' ? null : jobLevel(title);
  return [
    ...(cells['address'] === 'of a company' ? reason('address', 15, 'writes from a company’s own address') : []),
    ...(cells['company'] === 'known' ? reason('company', 10, 'the company is known') : []),
    ...(level === 'leads' ? reason('job level', 25, 'leads a company or a department') : []),
    ...(level === 'manages' ? reason('job level', 15, 'manages or has a senior job') : []),
    ...(level === 'learns' ? reason('job level', -15, 'is in training or a junior') : []),
    ...(ASKED_SOURCE.test(source)
      ? reason('source', 20, `came by asking or by a referral (${source})`, 'came by asking or by a referral')
      : CONTENT_SOURCE.test(source)
        ? reason('source', 10, `came for content (${source})`, 'came for content')
        : BOUGHT_SOURCE.test(source)
          ? reason('source', -10, `did not come by itself (${source})`, 'did not come by itself')
          : []),
  ];
}

const signWords: Record<EngagementSign, string> = {
  replied: 'replied',
  asked: 'asked to talk or try',
  clicked: 'clicked',
  content: 'downloaded or attended something',
  visited: 'visited',
  other: 'did something else',
};

function engagementReasons({ engagement }: Snapshot): ScoreReason[] {
  const about = 'engagement' as const;
  if (engagement.left) {
    const text = 'unsubscribed or complained';
    return [{ column: 'replies', about, weight: -100, text, bare: text }];
  }
  if (engagement.lastDays === null) {
    const text = 'has done nothing yet that would show interest';
    return [{ column: 'days since last activity', about, weight: -5, text, bare: text }];
  }
  return engagementSigns
    .filter((sign) => engagement.signs[sign] >= 0.05)
    .map((sign) => {
      const times = engagement.signs[sign];
      const text = `${signWords[sign]} (counts ${times.toFixed(1)}×, halved every ${HALF_LIFE_DAYS} days)`;
      return { column: sign, about, weight: times * POINTS[sign], text, bare: text };
    });
}
