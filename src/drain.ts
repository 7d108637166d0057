import { parkAbandonedSendings } from './engine/abandoned-sendings.ts';
import type { Context } from './engine/context.ts';
import { endPauses } from './engine/account-pause.ts';
import { agenda } from './engine/agenda.ts';
import { learnLeadScores } from './engine/learn-lead-score.ts';
import { learnRisks, nextLearningAt } from './engine/learn-risk.ts';
import { nextDigestAt, weeklyDigest } from './engine/report.ts';
import { nextLookAt, seedChecks } from './engine/seed-checks.ts';
import { findStuck, nextStuckAt } from './engine/find-stuck.ts';
import { syncCards } from './engine/sync-cards.ts';
import { tick } from './engine/tick.ts';
import { nextWatchAt, watchEvidence } from './engine/watch-evidence.ts';
import { nextSegmentsAt, watchSegments } from './engine/watch-segments.ts';
import type { Queue } from './jobs/queue.ts';
import type { Doer } from './timeline.ts';

/** The app on a timeline: does all that is due now, one thing after the other, and says when there is more. */
export function createDrain(ctx: Context, queue: Queue): Doer {
  let digestAt: Date | null = ctx.clock.now();
  const orderDigest = async (): Promise<number> => {
    if (digestAt === null || ctx.clock.now() < digestAt) return 0;
    const posted = await weeklyDigest(ctx);
    digestAt = await nextDigestAt(ctx);
    return posted ? 1 : 0;
  };
  let lookAt = ctx.clock.now();
  let watchAt = ctx.clock.now();
  let learnAt = ctx.clock.now();
  let segmentsAt = ctx.clock.now();
  let stuckAt = ctx.clock.now();
  /** Looks at the reviews and the evidence themselves; a clock that jumps does not stop for it. */
  const reviews = async (): Promise<number> => {
    let did = 0;
    if (ctx.clock.now() >= watchAt) {
      did += await watchEvidence(ctx);
      watchAt = nextWatchAt(ctx);
    }
    if (ctx.clock.now() >= learnAt) {
      did += await learnRisks(ctx);
      did += await learnLeadScores(ctx);
      learnAt = nextLearningAt(ctx);
    }
    if (ctx.clock.now() >= segmentsAt) {
      did += await watchSegments(ctx);
      segmentsAt = nextSegmentsAt(ctx);
    }
    if (ctx.clock.now() >= stuckAt) {
      await findStuck(ctx);
      stuckAt = nextStuckAt(ctx);
    }
    if (ctx.clock.now() >= lookAt) {
      did += await seedChecks(ctx);
      lookAt = nextLookAt(ctx);
    }
    return did;
  };
  const cards = async (): Promise<number> => {
    let shown = 0;
    for (let tried = 1; tried > 0; shown += tried) tried = await syncCards(ctx);
    return shown;
  };
  const work = async (): Promise<number> => {
    const parked = await parkAbandonedSendings(ctx);
    const resumed = await endPauses(ctx);
    const claimed = await tick(ctx);
    const ran = await queue.drain();
    return parked + resumed + claimed + ran + (await cards());
  };
  return {
    async drain() {
      let done = 0;
      for (;;) {
        const looked = (await orderDigest()) + (await reviews());
        // A fast-forward stops at many moments at which nothing is to be done: one question instead of twenty.
        const { due, busy } = await agenda(ctx);
        const did = looked + (due ? await work() : 0);
        done += did;
        if (did > 0) continue;
        if (!busy) return done;
        // Something is in a worker's hands; it ends or its lease does.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async nextDue() {
      const { next } = await agenda(ctx);
      const digest = digestAt ?? (await nextDigestAt(ctx));
      return next === null || (digest !== null && digest < next) ? digest : next;
    },
  };
}
