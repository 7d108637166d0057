import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWorld, type World } from '../../../sandbox/world.ts';

const manifest: unknown = JSON.parse(await readFile(new URL('../../../manifest.json', import.meta.url), 'utf8'));
const START = 1_900_000_000_000;
const HOUR = 3_600_000;

let world: World;
let now: number;
let standing: boolean;
/** What the world waits for while time moves. */
let hold: Promise<void>;
let release: () => void;
let planned: number | null;
let failure: Error | null;

const controls = {
  advance: async (ms: number): Promise<void> => {
    if (failure) throw failure;
    now += ms / 2;
    await hold;
    now += ms / 2;
  },
  pause: (): void => {
    standing = true;
  },
  resume: (): void => {
    standing = false;
  },
  paused: (): boolean => standing,
  step: async (): Promise<void> => {
    await hold;
    now = planned ?? now;
  },
};

beforeEach(async () => {
  now = START;
  standing = false;
  planned = null;
  failure = null;
  hold = Promise.resolve();
  world = await startWorld({
    manifest,
    pagePort: 0,
    appUrl: () => 'http://127.0.0.1:9',
    time: { now: () => new Date(now), controls },
    people: { leads: false, reviewers: true, visitor: true, perWeek: 0, selfDriving: false },
  });
});

afterEach(async () => await world.close());

type Answer = { status: number; body: Record<string, unknown> };

async function ask(path: string, post?: unknown): Promise<Answer> {
  const response = await fetch(`${world.url}${path}`, {
    ...(post === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(post) }),
  });
  const body: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body };
}

const workspace = async (): Promise<Record<string, unknown>> => (await ask('/world/workspace?as=U0ANA')).body;

const heldUp = (): void => {
  hold = new Promise((done) => {
    release = done;
  });
};

/** What an open page hears, one event after the other. */
async function listen(): Promise<{
  next: (event: string) => Promise<Record<string, unknown>>;
  stop: () => Promise<void>;
}> {
  const response = await fetch(`${world.url}/world/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const next = async (event: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = new RegExp(`event: ${event}\\ndata: (.*)\\n\\n`).exec(heard);
      if (found) {
        heard = heard.slice(found.index + found[0].length);
        const data: Record<string, unknown> = JSON.parse(found[1] ?? 'null');
        return data;
      }
      const { value, done } = (await reader?.read()) ?? { done: true, value: '' };
      if (done) throw new Error(`no more events, and no ${event}`);
      heard += value;
    }
  };
  return { next, stop: async () => await reader?.cancel() };
}

test('the page is told what it may do with time', async () => {
  expect(await workspace()).toMatchObject({
    now: START,
    canMoveTime: true,
    time: { canPause: true, canStep: true, paused: false, moving: null },
  });
});

test('time stands still and runs again', async () => {
  expect((await ask('/world/time', { do: 'pause' })).status).toBe(200);
  expect(await workspace()).toMatchObject({ time: { paused: true } });
  await ask('/world/time', { do: 'resume' });
  expect(await workspace()).toMatchObject({ time: { paused: false } });
});

test('while time moves, pages hear how far it has come and that nothing else may move it', async () => {
  heldUp();
  const page = await listen();
  const moved = ask('/world/time', { ms: 2 * HOUR });
  const started = await page.next('time');
  expect(started).toEqual({
    now: START,
    time: { canPause: true, canStep: true, paused: false, moving: { from: START, to: START + 2 * HOUR } },
  });
  expect(await page.next('time')).toMatchObject({ now: START + HOUR });
  expect(await workspace()).toMatchObject({ time: { moving: { to: START + 2 * HOUR } } });
  for (const other of [{ ms: 1 }, { do: 'step' }, { do: 'pause' }, { do: 'resume' }])
    expect((await ask('/world/time', other)).status).toBe(409);
  release();
  expect((await moved).body).toEqual({ now: START + 2 * HOUR, moved: 2 * HOUR });
  let last = await page.next('time');
  while (last['now'] !== START + 2 * HOUR) last = await page.next('time');
  expect(last).toMatchObject({ time: { moving: null } });
  await page.stop();
});

test('a step goes to what is planned next, and says when nothing is', async () => {
  expect((await ask('/world/time', { do: 'step' })).body).toEqual({ now: START, moved: 0 });
  planned = START + 5 * HOUR;
  expect((await ask('/world/time', { do: 'step' })).body).toEqual({ now: planned, moved: 5 * HOUR });
});

test('time can be moved again after a move that failed', async () => {
  failure = new Error('the app is gone');
  expect((await ask('/world/time', { ms: HOUR })).body).toEqual({ error: 'the app is gone' });
  failure = null;
  expect((await ask('/world/time', { ms: HOUR })).status).toBe(200);
});

test('where the clock is nobody’s to move, time cannot stand still either', async () => {
  const still = await startWorld({ manifest, pagePort: 0, appUrl: () => 'http://127.0.0.1:9' });
  for (const way of ['pause', 'resume', 'step']) {
    const response = await fetch(`${still.url}/world/time`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ do: way }),
    });
    expect(response.status).toBe(404);
  }
  await still.close();
  expect((await ask('/world/time', { do: 'rewind' })).status).toBe(400);
});

test('people are switched on and off one by one', async () => {
  expect(await workspace()).toMatchObject({ people: { leads: false, reviewers: true } });
  expect((await ask('/world/people', { leads: true })).body).toEqual({ leads: true, reviewers: true });
  expect((await ask('/world/people', { reviewers: false })).body).toEqual({ leads: true, reviewers: false });
  expect(world.people).toMatchObject({ leads: true, reviewers: false });
  expect((await ask('/world/people', { leads: 'yes' })).status).toBe(400);
  expect((await ask('/world/story')).body).toEqual([]);
});

test('a world without people has none to switch', async () => {
  const empty = await startWorld({ manifest, pagePort: 0, appUrl: () => 'http://127.0.0.1:9' });
  const response = await fetch(`${empty.url}/world/workspace?as=U0ANA`);
  expect(await response.json()).toMatchObject({ people: null });
  await empty.close();
});

test('the model gets worse as the slider says', async () => {
  expect((await ask('/world/model', { quality: 0.35 })).body).toEqual({ quality: 0.35, fault: null });
  expect(world.openai.quality).toBe(0.35);
  for (const quality of [-0.1, 1.1, '1', null]) expect((await ask('/world/model', { quality })).status).toBe(400);
  expect(world.openai.quality).toBe(0.35);
});

const models = async (): Promise<number> =>
  (
    await fetch(`${world.env['OPENAI_BASE_URL'] ?? ''}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.openai.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'Hello' }] }),
    })
  ).status;

test('the next answers fail as often as was asked for, and the last wish counts', async () => {
  await ask('/world/model', { fault: 'server_error', times: 5 });
  const { body } = await ask('/world/model', { fault: 'rate_limited', times: 2 });
  expect(body['fault']).toEqual({ name: 'rate_limited', times: 2, at: START });
  expect([await models(), await models(), await models()]).toEqual([429, 429, 200]);
});

test('answers that fail until further notice end when that is said', async () => {
  await ask('/world/model', { fault: 'server_error', times: null });
  expect([await models(), await models()]).toEqual([500, 500]);
  expect((await ask('/world/model', { fault: null })).body).toMatchObject({ fault: null });
  expect(await models()).toBe(200);
});

test.for([
  [{ fault: 'explode' }],
  [{ fault: 'toString' }],
  [{ fault: 'hang', times: 0 }],
  [{ fault: 'hang', times: 1.5 }],
  [{ fault: 'hang', times: 10_000 }],
] as const)('%j is no fault that the model can have', async ([fields]) => {
  expect((await ask('/world/model', fields)).status).toBe(400);
  expect(await models()).toBe(200);
});
