import type { SimulationReport } from '../../src/core/simulated-week.ts';

/** Weeks of a story: a threshold that rises, a model that turns bad in the next to last week, a fall. */
export function simulatedReport(weeks: number): SimulationReport {
  return {
    seed: 7,
    perWeek: 100,
    driftAtWeek: weeks - 1,
    weeks: Array.from({ length: weeks }, (_, i) => ({
      week: i + 1,
      decisions: 300,
      automatic: i < 3 || i === weeks - 1 ? 0 : 60 + i * 10,
      leaked: i === weeks - 2 ? 5 : 0,
      mails: 200 + i,
      conversions: i % 5,
      thresholds: {
        'email_draft whitepaper-nurture/first-mail': i < 3 || i === weeks - 1 ? 0 : 0.22,
        'lead_score whitepaper-nurture/score': 0,
      },
    })),
  };
}
