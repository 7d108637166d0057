import { asc, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { reduce } from '../src/core/autonomy/policy.ts';
import { policyOf } from '../src/core/autonomy/policy-config.ts';
import type { PolicyEvent } from '../src/core/autonomy/policy-event.ts';
import type { SettleRequest } from '../src/core/decision.ts';
import type { Workflow } from '../src/core/workflow.ts';
import type { Tx } from '../src/db/client.ts';
import { decisions } from '../src/db/schema.ts';
import type { Context, Person } from '../src/engine/context.ts';
import { settleDecision } from '../src/engine/settle.ts';
import type { SettleInput, SettleResult } from '../src/engine/settlement.ts';
import { decisionsMade, labels, standing, tell } from './engine/cell-fixtures.ts';
import { MINUTE, oneMail } from './engine/engine-world.ts';
import { testContext, type TestWorld } from './support/context.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';
import { enrolled, type LeadSeed } from './support/fixtures.ts';

/** How many clean labels of the first band certify its rung, at ε = 0.05. */
export const NEEDED = 69;
const READY = 32;

export type Waiting = typeof decisions.$inferSelect;
type Verdict = Partial<SettleRequest> & { by?: string; via?: SettleInput['via']; actor?: SettleInput['actor'] };

/**
 * A desk on which a threshold is within reach: thirty-two drafts wait on their cards, and the cell of first mails has all the
 * evidence it needs but so much as a test takes away. One approval that counts and should not is seen at once.
 */
export type Desk = {
  readonly world: TestWorld;
  readonly ctx: Context;
  readonly waiting: readonly Waiting[];
  /** Who people are; everybody here is an approver of first mails. */
  people: Map<string, Partial<Person>>;
  /** Gives the cell clean labels up to so many short of its first rung. */
  short(by: number): Promise<void>;
  /** A verdict through the one door; an approval by Ana with the button unless told. No time passes. */
  verdict(decision: { id: string }, verdict?: Verdict): Promise<SettleResult>;
  /** Further drafts, on their cards for ten minutes. */
  draft(leads: readonly LeadSeed[], workflow?: Workflow): Promise<Waiting[]>;
  /** What Cat approves of another draft after a good look: evidence as it should be. */
  honest(): Promise<void>;
  rung(): Promise<number>;
};

const anyone = ['U0ANA', 'U0BEN', 'U0CAT', 'U0BOT', 'U0GUEST', 'U0GONE', 'U0AWAY'];
export const deskWorkflow = (change: Partial<Workflow> = {}): Workflow =>
  oneMail({ approvers: { lead_score: anyone, email_draft: anyone }, deadline: '1w', ...change });

export const seeds = (count: number, name: string, over: Partial<LeadSeed> = {}): LeadSeed[] =>
  Array.from({ length: count }, (_, i) => ({
    email: `lee@${name}${i}.example`,
    firstName: 'Lee',
    company: 'Acme',
    ...over,
  }));

export type ForgedDesk = {
  /** Runs on the desk as it was opened; whatever happens on it is rolled back. */
  with(work: (desk: Desk) => Promise<void>): Promise<void>;
  close(): Promise<void>;
};

export async function openForgedDesk(): Promise<ForgedDesk> {
  const database: TestDatabase = await testDatabase('pglite');
  const people = new Map<string, Partial<Person>>();
  const world = await testContext(database, {
    directory: {
      person: async (id) => ({
        id,
        name: id,
        isBot: false,
        isGuest: false,
        isDeleted: false,
        isOurs: true,
        isAdmin: false,
        ...people.get(id),
      }),
      groupMembers: async () => [],
    },
  });
  const { ctx } = world;
  // The ladder is drawn from decisions that were made before.
  await tell(ctx, () => decisionsMade(ctx));
  await enrolled(world, deskWorkflow(), seeds(READY, 'acme'));
  await world.drain();
  world.passTime(10 * MINUTE);
  const waiting = await ctx.db.select().from(decisions).orderBy(asc(decisions.id));
  expect(waiting).toHaveLength(READY);
  const desk = deskOn(world, waiting, people);
  const opened = { now: world.now, people: world.people, model: ctx.model, directory: ctx.directory };
  return {
    async with(work) {
      const rolledBack = Symbol('rolled back');
      try {
        await database.db.transaction(async (tx) => {
          Object.assign(ctx, { db: tx as unknown as Tx });
          await work(desk);
          throw rolledBack;
        });
      } catch (error) {
        if (error !== rolledBack) throw error;
      } finally {
        Object.assign(ctx, { db: database.db, model: opened.model, directory: opened.directory });
        Object.assign(world, { now: opened.now, jobs: [] });
        people.clear();
      }
    },
    close: () => database.close(),
  };
}

function deskOn(world: TestWorld, waiting: readonly Waiting[], people: Desk['people']): Desk {
  const { ctx } = world;
  let honestOnes = 0;
  const desk: Desk = {
    world,
    ctx,
    waiting,
    people,
    async short(by) {
      await tell(ctx, ({ epoch }) => labels(ctx, NEEDED - by, { epoch }));
    },
    async verdict({ id }, { by = 'U0ANA', via = 'button', actor, ...request } = {}) {
      const [row] = await ctx.db.select().from(decisions).where(eq(decisions.id, id));
      if (!row) throw new Error(`no decision ${id}`);
      const seen = { verdict: 'approve', version: row.proposalVersion, hash: row.proposalHash };
      return settleDecision(ctx, {
        decisionId: id,
        actor: actor ?? { type: 'person', id: by },
        via,
        request: { ...seen, ...request } as SettleRequest,
      });
    },
    async draft(leads, workflow = deskWorkflow()) {
      const known = new Set((await ctx.db.select({ id: decisions.id }).from(decisions)).map(({ id }) => id));
      await enrolled(world, workflow, leads);
      await world.drain();
      world.passTime(10 * MINUTE);
      const all = await ctx.db.select().from(decisions).orderBy(asc(decisions.id));
      return all.filter(({ id }) => !known.has(id));
    },
    async honest() {
      honestOnes += 1;
      const drafts = await desk.draft(seeds(1, `honest${honestOnes}x`));
      const draft = drafts.find(({ kind }) => kind === 'email_draft');
      if (!draft) throw new Error('there is no draft');
      expect(await desk.verdict(draft, { by: 'U0CAT' })).toMatchObject({ ok: true });
    },
    rung: async () => (await standing(ctx)).rung,
  };
  return desk;
}

/** Labels up to the one that would raise the threshold, which is left out. Made by the policy itself, on a copy. */
export async function allButOne(ctx: Context, label: () => PolicyEvent): Promise<void> {
  await tell(ctx, (state) => {
    const given: PolicyEvent[] = [];
    let copy = state;
    for (let i = 0; i < 2_000; i++) {
      const event = label();
      copy = reduce(copy, event, policyOf('email_draft')).state;
      if (copy.rung > state.rung || copy.proposal !== null) return given;
      given.push(event);
    }
    throw new Error('no number of labels raises it');
  });
}
