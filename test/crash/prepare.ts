import { eq } from 'drizzle-orm';
import type { World } from '../../sandbox/world.ts';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { decisions } from '../../src/db/schema.ts';
import { importLeads } from '../../src/engine/import-leads.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { workflowStatus } from '../../src/engine/status.ts';
import { syncCards } from '../../src/engine/sync-cards.ts';

/** Business time stands still here, so that nothing leaves before the kills begin. */
export async function prepare({
  env,
  world,
  mails,
  clicks,
}: {
  env: Record<string, string>;
  world: World;
  mails: number;
  clicks: number;
}): Promise<void> {
  const now = new Date();
  const app = await standingApp(env, () => now);
  try {
    const rows = Array.from(
      { length: mails + clicks },
      (_, i) => `lead${i}@firm${i}.example,Lee${i},Firm ${i},Head of Service`,
    );
    const text = ['email,first_name,company,job_title', ...rows].join('\n');
    await importLeads(app.ctx, {
      stream: bytes(text),
      fileName: 'crash.csv',
      mapping: [],
      source: 'crash',
      dryRun: false,
      by: null,
    });
    await app.drain();
    const cards = world.slack.workspace.messages('#nurture-emails');
    if (cards.length < mails + clicks)
      throw new Error(
        `${cards.length} cards instead of ${mails + clicks}: ${JSON.stringify(await workflowStatus(app.ctx))}`,
      );
    const pending = await app.ctx.db
      .select()
      .from(decisions)
      .where(eq(decisions.status, 'pending'))
      .orderBy(decisions.id)
      .limit(mails);
    for (const decision of pending) {
      const request = { verdict: 'approve' as const, version: 1, hash: decision.proposalHash };
      const result = await settleDecision(app.ctx, {
        decisionId: decision.id,
        actor: { type: 'person', id: 'U0ANA' },
        via: 'button',
        request,
      });
      if (!result.ok) throw new Error(`decision ${decision.id} was not approved: ${result.refusal.text}`);
    }
    // The cards follow; the mails are due, but nobody ticks.
    while ((await syncCards(app.ctx)) > 0);
  } finally {
    await app.stop();
  }
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Lets the program's sweep show every row in Slack. */
export async function catchUp(env: Record<string, string>): Promise<void> {
  const app = await standingApp(env, () => new Date());
  try {
    await app.drain();
  } finally {
    await app.stop();
  }
}

/** The program without its clock and workers: it does only what it is told. */
async function standingApp(env: Record<string, string>, now: () => Date): Promise<App> {
  const config = readConfig({ ...env, PORT: '0' });
  if (config.outside === null) throw new Error('the outside is not set');
  const log = {
    debug() {},
    info() {},
    warn() {},
    error: (fields: object, message: string) => console.error(message, fields),
  };
  return startApp({ config, outside: config.outside, log, clock: { now }, selfDriving: false });
}
