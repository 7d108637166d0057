import type { Context } from '../engine/context.ts';
import { learnLeadScores } from '../engine/learn-lead-score.ts';
import { learnRisks } from '../engine/learn-risk.ts';
import { parkAbandonedSendings } from '../engine/abandoned-sendings.ts';
import { weeklyDigest } from '../engine/report.ts';
import { seedChecks } from '../engine/seed-checks.ts';
import { syncCards } from '../engine/sync-cards.ts';
import { endPauses } from '../engine/account-pause.ts';
import { findStuck } from '../engine/find-stuck.ts';
import { tick } from '../engine/tick.ts';
import { watchEvidence } from '../engine/watch-evidence.ts';
import { watchSegments } from '../engine/watch-segments.ts';

/** What happens by the clock: name, cron expression (UTC, with seconds), what it does. Each drains all that is due by now. */
export type ClockJob = { name: string; cron: string; run: (ctx: Context) => Promise<unknown> };

export const clockJobs: readonly ClockJob[] = [
  { name: 'tick', cron: '* * * * * *', run: tick },
  { name: 'sync-cards', cron: '* * * * * *', run: syncCards },
  { name: 'end-pauses', cron: '*/15 * * * * *', run: endPauses },
  { name: 'find-stuck', cron: '30 */5 * * * *', run: findStuck },
  { name: 'park-abandoned-sendings', cron: '*/5 * * * * *', run: parkAbandonedSendings },
  { name: 'review-checks', cron: '*/20 * * * * *', run: seedChecks },
  { name: 'watch-evidence', cron: '10 * * * * *', run: watchEvidence },
  { name: 'learn-risk', cron: '40 * * * * *', run: learnRisks },
  { name: 'learn-lead-score', cron: '50 * * * * *', run: learnLeadScores },
  { name: 'watch-segments', cron: '20 * * * * *', run: watchSegments },
  { name: 'weekly-digest', cron: '0 * * * * *', run: weeklyDigest },
];
