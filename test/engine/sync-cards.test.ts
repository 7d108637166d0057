import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { decisions, slackPosts } from '../../src/db/schema.ts';
import { advance } from '../../src/engine/advance.ts';
import type { Context, PostResult } from '../../src/engine/context.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { postAgain } from '../../src/engine/missing-post.ts';
import { syncCard, syncCards } from '../../src/engine/sync-cards.ts';
import { tick } from '../../src/engine/tick.ts';
import { engines } from '../support/database.ts';
import { enrolled } from '../support/fixtures.ts';
import { engineWorld, HOUR, MINUTE, oneMail } from './engine-world.ts';

/** A Slack whose answers are told beforehand; what it took stands in `channel`, whether it said so or not. */
type Stand = {
  posts: string[];
  updates: string[];
  answers: PostResult[];
  updateAnswers: PostResult[];
  standing: Map<string, string>;
};

describe.each(engines)('cards on %s', (engine) => {
  const at = engineWorld(engine);

  const slackOf = (mayLook = true): { ctx: Context; slack: Stand } => {
    const slack: Stand = { posts: [], updates: [], answers: [], updateAnswers: [], standing: new Map() };
    const ctx: Context = {
      ...at.ctx,
      slack: {
        ...at.ctx.slack,
        post: async (channel, _message, marker) => {
          slack.posts.push(marker);
          const answer = slack.answers.shift() ?? { type: 'posted', channel, ts: '' };
          const ts = `${slack.posts.length}.0`;
          if (answer.type === 'posted' || (answer.type === 'unknown' && answer.detail === 'it stands there'))
            slack.standing.set(ts, marker);
          return answer.type === 'posted' ? { ...answer, ts } : answer;
        },
        update: async (channel, ts) => {
          slack.updates.push(ts);
          return slack.updateAnswers.shift() ?? { type: 'posted', channel, ts };
        },
        find: async (channel, marker) => {
          if (!mayLook) return 'unknown';
          const [found] = [...slack.standing].find(([, standing]) => standing === marker) ?? [];
          return found === undefined ? null : { channel, ts: found };
        },
      },
    };
    return { ctx, slack };
  };
  const draft = async (ctx: Context) => {
    await tick(ctx);
    for (const job of at.world.jobs.splice(0)) if (job.name === 'advance') await advance(ctx, job);
  };
  /** Decisions that wait, without their cards posted yet. */
  const waiting = async (count: number) => {
    await enrolled(
      at.world,
      oneMail(),
      Array.from({ length: count }, (_, i) => ({ email: `lee${i}@acme.example` })),
    );
    await draft(at.ctx);
    return at.ctx.db.select().from(decisions).orderBy(decisions.id);
  };
  const rounds = async (ctx: Context, n = 10) => {
    let tried = 0;
    for (let i = 0; i < n; i++) tried += await syncCards(ctx);
    return tried;
  };
  const posts = () => at.ctx.db.select().from(slackPosts).orderBy(slackPosts.id);
  const firstPost = async () => {
    const [post] = await posts();
    if (!post) throw new Error('there is no post');
    return post;
  };

  test('a card is posted once, and changed only when its row did', async () => {
    const [decision] = await waiting(1);
    const { ctx, slack } = slackOf();
    await rounds(ctx);
    expect([slack.posts.length, slack.updates.length]).toEqual([1, 0]);
    await at.decide(decision?.id ?? '');
    await syncCard(ctx, decision?.id ?? '');
    await rounds(ctx);
    expect([slack.posts.length, slack.updates.length]).toEqual([1, 1]);
  });

  test('two processes post a card once', async () => {
    await waiting(3);
    const { ctx, slack } = slackOf();
    for (let i = 0; i < 5; i++) await Promise.all([syncCards(ctx), syncCards(ctx)]);
    expect(slack.posts).toHaveLength(3);
    expect(new Set(slack.posts).size).toBe(3);
  });

  test('after a lost answer the card is looked for by its marker, and not posted a second time', async () => {
    await waiting(1);
    const { ctx, slack } = slackOf();
    slack.answers.push({ type: 'unknown', detail: 'it stands there' });
    await rounds(ctx);
    at.world.passTime(MINUTE);
    await rounds(ctx);
    expect(slack.posts).toHaveLength(1);
    expect(await firstPost()).toMatchObject({ status: 'posted', ts: '1.0' });
  });

  test('a card that surely is not there after a lost answer is posted', async () => {
    await waiting(1);
    const { ctx, slack } = slackOf();
    slack.answers.push({ type: 'unknown', detail: 'gone with the wind' });
    await rounds(ctx);
    at.world.passTime(MINUTE);
    await rounds(ctx);
    expect(slack.posts).toHaveLength(2);
    expect([...slack.standing.keys()]).toEqual(['2.0']);
  });

  test.for<[string, PostResult]>([
    ['is put off', { type: 'later', afterMs: 30_000, detail: 'ratelimited' }],
    ['is refused', { type: 'refused', detail: 'is_archived' }],
  ])('a card that was found again is not posted twice when the change of it %s', async ([, result]) => {
    await waiting(1);
    const { ctx, slack } = slackOf();
    slack.answers.push({ type: 'unknown', detail: 'it stands there' });
    slack.updateAnswers.push(result);
    for (let minute = 0; minute < 4; minute++) {
      await rounds(ctx);
      at.world.passTime(MINUTE);
    }
    expect(slack.posts).toHaveLength(1);
    expect(await firstPost()).toMatchObject({ status: 'posted', ts: '1.0' });
  });

  test('a process that died while it posted leaves a card that is looked for', async () => {
    const [decision] = await waiting(1);
    const { ctx, slack } = slackOf();
    const dying: Context = {
      ...ctx,
      slack: {
        ...ctx.slack,
        post: async (...args) => ctx.slack.post(...args).then(() => Promise.reject(new Error('dead'))),
      },
    };
    await rounds(dying, 1);
    expect(await firstPost()).toMatchObject({ status: 'posting', ts: null });
    expect(await rounds(ctx)).toBe(0);
    at.machineLater(MINUTE);
    await rounds(ctx);
    expect(slack.posts).toHaveLength(1);
    expect(await firstPost()).toMatchObject({ status: 'posted', ts: '1.0', subjectId: decision?.id });
  });

  test('a process that slept through its claim does not write over what another one did', async () => {
    await waiting(1);
    const { ctx, slack } = slackOf();
    const sleeping: Context = {
      ...ctx,
      slack: {
        ...ctx.slack,
        post: async (channel) => {
          at.machineLater(MINUTE);
          await syncCards(ctx);
          return { type: 'posted', channel, ts: 'too late' };
        },
      },
    };
    await syncCards(sleeping);
    expect(slack.posts).toHaveLength(1);
    expect(await firstPost()).toMatchObject({ status: 'posted', ts: '1.0' });
  });

  test('where the channel may not be read a person is asked, each time anew, and their word posts it again', async () => {
    await waiting(1);
    const { ctx, slack } = slackOf(false);
    const open = async () => {
      const [notice] = await at.notices();
      if (!notice) return null;
      const facts = await noticeFacts(ctx, notice);
      const shown = facts !== null && notice.shownHash === ctx.slack.render.notice(facts).hash;
      return { shown, open: facts?.type === 'post_maybe_missing' && facts.open };
    };
    const post = await firstPost();
    slack.answers.push({ type: 'unknown', detail: 'lost' });
    for (let minute = 0; minute < 3; minute++, at.world.passTime(MINUTE)) await rounds(ctx);
    expect(slack.posts.filter((marker) => marker === post.id)).toHaveLength(1);
    expect(await open()).toEqual({ shown: true, open: true });
    expect(await postAgain(ctx, post.id, 'U0ANA')).toEqual({ ok: true });
    expect(await postAgain(ctx, post.id, 'U0BEN')).toMatchObject({ ok: false });
    slack.answers.push({ type: 'unknown', detail: 'lost' });
    for (let minute = 0; minute < 3; minute++, at.world.passTime(MINUTE)) await rounds(ctx);
    expect(slack.posts.filter((marker) => marker === post.id)).toHaveLength(2);
    expect(await open()).toEqual({ shown: true, open: true });
  });

  test('a deleted card comes back while it still asks, and only then', async () => {
    const [first, second] = await waiting(2);
    const { ctx, slack } = slackOf();
    await rounds(ctx);
    await at.ctx.db
      .update(slackPosts)
      .set({ revision: 2, shownHash: 'of yesterday' })
      .where(eq(slackPosts.subjectId, first?.id ?? ''));
    await at.decide(second?.id ?? '');
    slack.updateAnswers.push(
      { type: 'gone', detail: 'message_not_found' },
      { type: 'gone', detail: 'message_not_found' },
    );
    await rounds(ctx);
    expect(slack.posts).toHaveLength(3);
    const statuses = Object.fromEntries((await posts()).map(({ subjectId, status, ts }) => [subjectId, [status, ts]]));
    expect(statuses[first?.id ?? '']).toEqual(['posted', '3.0']);
    expect(statuses[second?.id ?? '']?.[0]).toBe('dropped');
  });

  test('while Slack asks to wait nothing goes to that channel, and then all of it in order', async () => {
    const [first] = await waiting(3);
    const { ctx, slack } = slackOf();
    slack.answers.push({ type: 'later', afterMs: 30_000, detail: 'ratelimited' });
    expect(await rounds(ctx)).toBe(1);
    // Neither a click nor a new decision is a reason to ask earlier.
    at.world.passTime(10_000);
    await at.decide(first?.id ?? '', { verdict: 'reject', reasons: ['other'], note: '' });
    await syncCard(ctx, first?.id ?? '');
    await enrolled(at.world, oneMail(), [{ email: 'late@acme.example' }]);
    await draft(ctx);
    expect(await rounds(ctx)).toBe(0);
    expect(slack.posts).toHaveLength(1);
    at.world.passTime(20_000);
    expect(await rounds(ctx)).toBe(4);
    const inOrder = (await posts()).map(({ id }) => id);
    expect(slack.posts).toEqual([inOrder[0], ...inOrder]);
  });

  test('a refusing channel is asked again later and keeps no other channel waiting', async () => {
    await waiting(1);
    const { ctx, slack } = slackOf();
    const [decision] = await at.ctx.db.select().from(decisions);
    await at.ctx.db.insert(slackPosts).values({
      ...(await firstPost()),
      id: at.ctx.ids.id(),
      purpose: 'notice',
      subjectType: 'workspace',
      subjectId: `sender-trouble:x:${decision?.id}`,
      channel: '#other',
      payload: { type: 'sender_trouble', detail: 'x', since: at.world.now.toISOString() },
    });
    slack.answers.push({ type: 'refused', detail: 'is_archived' });
    expect(await rounds(ctx)).toBe(2);
    at.world.passTime(59_000);
    expect(await rounds(ctx)).toBe(0);
    at.world.passTime(1_000);
    expect(await rounds(ctx)).toBe(1);
    expect((await posts()).every(({ status }) => status === 'posted')).toBe(true);
  });

  test('a card that can’t be rendered does not keep the others of its channel from being posted', async () => {
    const [poison] = await waiting(3);
    const { ctx, slack } = slackOf();
    const card: Context['slack']['render']['card'] = (facts) => {
      if (facts.decisionId === poison?.id) throw new Error('a bug in the card');
      return ctx.slack.render.card(facts);
    };
    const buggy: Context = { ...ctx, slack: { ...ctx.slack, render: { ...ctx.slack.render, card } } };
    expect(await rounds(buggy)).toBe(3);
    expect(slack.posts).toHaveLength(2);
    // Mended, it comes.
    at.world.passTime(HOUR);
    await rounds(ctx);
    expect(slack.posts).toHaveLength(3);
    expect((await posts()).every(({ status }) => status === 'posted')).toBe(true);
  });
});
