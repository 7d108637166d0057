import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { SettleRequest } from '../../src/core/decision.ts';
import type { Workflow } from '../../src/core/workflow.ts';
import { decisions, enrollments, leads, messages, slackPosts } from '../../src/db/schema.ts';
import type { Context } from '../../src/engine/context.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import type { SettleResult } from '../../src/engine/settlement.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { type Engine, testDatabase, type TestDatabase } from '../support/database.ts';
import { enrolled, type LeadSeed, testWorkflow } from '../support/fixtures.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const ANA = { type: 'person', id: 'U0ANA' } as const;

/** A workflow of one mail, which may leave as soon as it is approved. */
export function oneMail(change: Partial<Workflow> = {}): Workflow {
  const workflow = testWorkflow({ undo_window: '0s', ...change });
  return { ...workflow, steps: workflow.steps.filter((step) => step.id === 'first-mail') };
}

/** A test of the engine: its world, on one database a file that is emptied before each test. */
export type EngineWorld = {
  readonly world: TestWorld;
  readonly ctx: Context;
  readonly database: TestDatabase;
  /** Moves the machine's time, which is otherwise real. */
  machineLater(ms: number): void;
  decide(decisionId: string, request?: Partial<SettleRequest>, actor?: string): Promise<SettleResult>;
  /** Publishes, enrolls one lead, lets the model draft; the decision that then waits. */
  pendingDecision(workflow?: Workflow, lead?: Partial<LeadSeed>): Promise<typeof decisions.$inferSelect>;
  /** The same, approved by Ana: the mail that then waits. */
  approvedMail(workflow?: Workflow, lead?: Partial<LeadSeed>): Promise<typeof messages.$inferSelect>;
  message(id: string): Promise<typeof messages.$inferSelect>;
  decision(id: string): Promise<typeof decisions.$inferSelect>;
  enrollmentOf(leadId: string): Promise<typeof enrollments.$inferSelect>;
  lead(id: string): Promise<typeof leads.$inferSelect>;
  notices(): Promise<Array<typeof slackPosts.$inferSelect>>;
};

export function engineWorld(engine: Engine, overrides: Partial<Context> = {}): EngineWorld {
  let database: TestDatabase;
  let world: TestWorld;
  let offset = 0;
  let count = 0;
  beforeAll(async () => {
    database = await testDatabase(engine);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.db.execute(
      sql`truncate leads, workflows, accounts, cells, slack_posts, suppressions, clock_runs, inbound_ids, risk_models, lead_score_models cascade`,
    );
    await database.db.execute(sql`update workspaces set paused_at = null, paused_by = null, timezone = 'UTC'`);
    offset = 0;
    world = await testContext(
      database,
      { machine: { now: () => new Date(Date.now() + offset) }, ...overrides },
      `test ${++count}`,
    );
  });
  const one = <T>(found: T[]): T => {
    if (!found[0]) throw new Error('there is no such row');
    return found[0];
  };
  const at: EngineWorld = {
    get world() {
      return world;
    },
    get ctx() {
      return world.ctx;
    },
    get database() {
      return database;
    },
    machineLater: (ms) => void (offset += ms),
    async decide(decisionId, request = {}, actor = 'U0ANA') {
      const { proposalVersion, proposalHash } = await at.decision(decisionId);
      const full = { verdict: 'approve', version: proposalVersion, hash: proposalHash, ...request } as SettleRequest;
      return settleDecision(world.ctx, {
        decisionId,
        actor: { type: 'person', id: actor },
        via: 'button',
        request: full,
      });
    },
    async pendingDecision(workflow = oneMail(), lead = {}) {
      const [leadId = ''] = await enrolled(world, workflow, [
        { email: `lee${++count}@acme.example`, firstName: 'Lee', company: 'Acme', ...lead },
      ]);
      await world.drain();
      return one(
        await world.ctx.db
          .select()
          .from(decisions)
          .where(and(eq(decisions.leadId, leadId), eq(decisions.status, 'pending'))),
      );
    },
    async approvedMail(workflow, lead) {
      const { id } = await at.pendingDecision(workflow, lead);
      const result = await at.decide(id);
      if (!result.ok) throw new Error(result.refusal.text);
      return at.message(result.messageId ?? '');
    },
    message: async (id) => one(await world.ctx.db.select().from(messages).where(eq(messages.id, id))),
    decision: async (id) => one(await world.ctx.db.select().from(decisions).where(eq(decisions.id, id))),
    enrollmentOf: async (leadId) =>
      one(await world.ctx.db.select().from(enrollments).where(eq(enrollments.leadId, leadId))),
    lead: async (id) => one(await world.ctx.db.select().from(leads).where(eq(leads.id, id))),
    notices: () => world.ctx.db.select().from(slackPosts).where(eq(slackPosts.purpose, 'notice')),
  };
  return at;
}
