import type { LeadScoreExample } from '../../../src/core/scoring/lead-score-model.ts';
import { ruleScore } from '../../../src/core/scoring/rule-score.ts';
import { type ScoredLead, snapshotOf } from '../../../src/core/scoring/scored-lead.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';

const DAY = 86_400_000;
const ARRIVED = new Date('2026-01-05T09:00:00.000Z');
/** A week after it came. */
export const LOOKED = new Date(ARRIVED.getTime() + 7 * DAY);

export function scoredLead(change: Partial<ScoredLead> = {}): ScoredLead {
  return {
    businessAddress: true,
    company: 'Acme',
    title: null,
    source: 'webinar',
    fields: {},
    setAt: {},
    doings: [],
    ...change,
  };
}

/** `days` after it came. */
export function doing(type: string, days: number): { type: string; at: Date } {
  return { type, at: new Date(ARRIVED.getTime() + days * DAY) };
}

export type OwnLead = { lead: ScoredLead; converted: boolean };

/**
 * Leads of a company whose buyers are found where the rules do not look: in the industry `mining`, and by clicks. `won_by` is filled in
 * after the sale.
 */
export function ownLeads(count: number, seed = 5): OwnLead[] {
  const uniform = seededUniform(seed);
  return Array.from({ length: count }, () => {
    const mining = uniform() < 0.35;
    const clicks = uniform() < 0.4 ? 1 + Math.floor(uniform() * 3) : 0;
    const converted = uniform() < 1 / (1 + Math.exp(2.6 - (mining ? 2.2 : 0) - 0.7 * clicks));
    const sold = new Date(ARRIVED.getTime() + 30 * DAY);
    return {
      converted,
      lead: scoredLead({
        title: uniform() < 0.5 ? 'Head of Operations' : 'Trainee',
        fields: {
          industry: mining ? 'mining' : uniform() < 0.5 ? 'retail' : 'software',
          gender: converted ? 'f' : 'm',
          verdict: converted ? 'Hot' : uniform() < 0.5 ? 'Cold' : 'Warm',
          ...(converted ? { won_by: 'Ana' } : uniform() < 0.2 ? { won_by: 'Ben' } : {}),
        },
        setAt: converted ? { won_by: sold } : {},
        doings: Array.from({ length: clicks }, (_, i) => doing('clicked', i + uniform())),
      }),
    };
  });
}

export function examples(leads: readonly OwnLead[]): LeadScoreExample[] {
  return leads.map(({ lead, converted }) => {
    const snapshot = snapshotOf(lead, LOOKED);
    return {
      cells: snapshot.cells,
      byRules: ruleScore(lead, snapshot).score,
      converted,
      setAfter: converted ? Object.keys(lead.setAt) : [],
    };
  });
}
