import { createIds } from '../../src/ids.ts';
import { transact } from '../../src/db/client.ts';
import { ensureWorkspace } from '../../src/db/workspaces.ts';
import { contentHash } from '../../src/core/canonical-json.ts';
import type { Context, Job, PostResult, SendResult, SlackMessage, WebhookAnswer } from '../../src/engine/context.ts';
import { endPauses } from '../../src/engine/account-pause.ts';
import { advance } from '../../src/engine/advance.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { syncCards } from '../../src/engine/sync-cards.ts';
import { tick } from '../../src/engine/tick.ts';
import type { RenderedMail } from '../../src/core/message.ts';
import type { Database } from '../../src/db/client.ts';
import { seededBytes } from './seeded.ts';

/** The outside of a test of the engine alone: a clock that is set, people who are listed, a server that answers as told. */
export type TestWorld = {
  ctx: Context;
  now: Date;
  posted: Array<{ channel: string; message: SlackMessage; marker: string }>;
  mails: Array<{ mail: RenderedMail; messageId: string }>;
  /** What the mail server says next; 'sent' when empty. */
  sendResults: SendResult[];
  postResults: PostResult[];
  jobs: Job[];
  people: Set<string>;
  /** Calls of webhook steps, and what is answered next; 'done' when empty. */
  calls: Array<{ url: string; id: string; body: string }>;
  callResults: WebhookAnswer[];
  /** Ticks and carries out jobs until nothing is due. */
  drain(): Promise<void>;
  passTime(ms: number): void;
};

export const noon = new Date('2026-03-10T12:00:00.000Z');

/** A Context over a real database whose other sides are values in this process. For tests of the engine; flows go over the wire. */
export async function testContext(
  database: Database,
  overrides: Partial<Context> = {},
  seed = 'test',
): Promise<TestWorld> {
  const bytes = seededBytes(seed);
  const world: Omit<TestWorld, 'ctx' | 'drain' | 'passTime'> = {
    now: noon,
    posted: [],
    mails: [],
    sendResults: [],
    postResults: [],
    jobs: [],
    people: new Set(['U0ANA', 'U0BEN']),
    calls: [],
    callResults: [],
  };
  const ids = createIds(() => world.now, bytes);
  const workspace = await transact(database.db, (tx) =>
    ensureWorkspace(tx, { id: ids.id(), name: 'Test', timezone: 'UTC', now: noon }),
  );
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const message = (facts: unknown): SlackMessage => ({
    text: JSON.stringify(facts),
    blocks: [],
    hash: contentHash({ text: JSON.stringify(facts) }),
  });
  const draft = {
    subject: 'A thought on your plans',
    subjectVariants: [],
    body: `Hello there,\n\n${'we saw that you read our paper and wondered what you made of it. '.repeat(3)}\n\nBest wishes\nNora`,
  };
  const ctx: Context = {
    db: database.db,
    workspaceId: workspace.id,
    clock: { now: () => world.now },
    machine: { now: () => new Date() },
    ids,
    secrets: { addressKey: 'address-key', coin: 'coin', linkKey: 'link-key' },
    settings: {
      publicUrl: 'https://mail.example.com',
      leaseMs: 120_000,
      sendLeaseMs: 50_000,
      approvalHoldsMs: 7 * 86_400_000,
      modelTokensPerDay: null,
    },
    model: {
      version: () => ({ model: 'test-model', promptVersion: 'test-1' }),
      propose: async (kind) => {
        const content = kind === 'lead_score' ? { score: 72, reasons: ['Read the paper'] } : draft;
        return {
          ok: true,
          content: content as never,
          rationale: 'It fits.',
          doubt: 0.1,
          model: 'test-model',
          promptVersion: 'test-1',
          usage: { inputTokens: 1, outputTokens: 1, calls: 1 },
        };
      },
    },
    mail: {
      open: async () => ({
        ok: true,
        session: {
          send: async (mail, messageId) => {
            world.mails.push({ mail, messageId });
            return world.sendResults.shift() ?? { type: 'sent', answer: '250 ok' };
          },
          close() {},
        },
      }),
    },
    webhooks: {
      post: async (call) => {
        world.calls.push(call);
        return world.callResults.shift() ?? { type: 'done' };
      },
    },
    slack: {
      render: { card: message, digest: message, notice: message },
      post: async (channel, posted, marker) => {
        const result = world.postResults.shift();
        if (result && result.type !== 'posted') return result;
        world.posted.push({ channel, message: posted, marker });
        return { type: 'posted', channel: `C_${channel}`, ts: `${world.posted.length}.0` };
      },
      update: async (channel, ts) => ({ type: 'posted', channel, ts }),
      find: async () => null,
    },
    directory: {
      person: async (id) =>
        world.people.has(id)
          ? { id, name: id, isBot: false, isGuest: false, isDeleted: false, isOurs: true, isAdmin: false }
          : null,
      groupMembers: async () => [],
    },
    queue: { send: async (_tx, jobs) => void world.jobs.push(...jobs), wake() {} },
    log: silent,
    ...overrides,
  };
  return Object.assign(world, {
    ctx,
    passTime(ms: number) {
      world.now = new Date(world.now.getTime() + ms);
    },
    async drain() {
      for (let round = 0; round < 5000; round++) {
        const claimed = (await endPauses(ctx)) + (await tick(ctx));
        const jobs = world.jobs.splice(0);
        for (const job of jobs) await (job.name === 'advance' ? advance(ctx, job) : deliver(ctx, job));
        const shown = await syncCards(ctx);
        if (claimed + jobs.length + shown === 0) return;
      }
      throw new Error('the engine never comes to rest');
    },
  });
}
