import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { autonomyReplayVectors, autonomySimulate, replayVectors } from '../../src/terminal/autonomy.ts';

const vectors = readFileSync(fileURLToPath(new URL('../core/autonomy-vectors.json', import.meta.url)), 'utf8');

type Vectors = {
  policy_runs: Array<{
    name: string;
    events: Array<{ r?: number; op?: string; exp?: { action: string; q: number; tau: number; S: number } }>;
    changes: object[];
    final: { n: number[]; logE_next: number | null };
  }>;
};

/** The vectors with something wrong in them. */
function spoilt(spoil: (runs: Vectors['policy_runs']) => void): string {
  const copy = JSON.parse(vectors) as Vectors;
  spoil(copy.policy_runs);
  return JSON.stringify(copy);
}

describe('autonomy simulate', () => {
  test('prints the report of a scenario as JSON', () => {
    const { code, out, err } = autonomySimulate(['--scenario', 'good', '--runs', '5', '--seed', '3', '--json']);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      policy: 'autonomy-2',
      scenario: 'good',
      drift: null,
      runs: 5,
      seed: 3,
      falsePromotion: 0,
      reach80: 1,
      medianDecisionsTo80: expect.any(Number),
      medianLeaked: expect.any(Number),
    });
  });

  test('repeats itself to the byte, and not for another seed', () => {
    const run = (seed: string) => autonomySimulate(['--scenario', 'trap', '--runs', '3', '--seed', seed]).out;
    expect(run('1')).toBe(run('1'));
    expect(run('1')).not.toBe(run('2'));
  });

  test('tells people of a drift in words', () => {
    const { out } = autonomySimulate(['--scenario', 'good', '--drift', 'd20', '--runs', '3']);
    expect(out).toContain('3 runs of “good” with drift d20, 2500 decisions each, seed 1');
    expect(out).toMatch(/drift caught after +\d/);
    expect(autonomySimulate(['--scenario', 'bad10', '--runs', '1', '--decisions', '50']).out).toContain(
      'after none decisions',
    );
  });

  test('explains itself', () => {
    expect(autonomySimulate(['--help'])).toMatchObject({ code: 0, err: '' });
    expect(autonomySimulate(['--help']).out).toContain('falsePromotion');
  });

  test.for([
    [[], '--scenario is one of edge, good'],
    [['--scenario', 'bad'], '--scenario is one of'],
    [['--scenario', 'good', '--drift', 'd30'], '--drift is one of d20'],
    [['--scenario', 'good', '--runs', '0'], '--runs is a whole number'],
    [['--scenario', 'good', '--seed', 'x'], '--seed is a whole number'],
    [['--scenario', 'good', '--decisions', '1e9'], '--decisions'],
    [['--scenario', 'good', '--fast'], '--fast'],
  ] as const)('does not understand %j', ([args, mistake]) => {
    const printed = autonomySimulate([...args]);
    expect([printed.code, printed.out]).toEqual([2, '']);
    expect(printed.err).toContain(mistake);
  });
});

describe('autonomy replay --vectors', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vectors-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function replay(args: string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ['', ''];
    const code = await autonomyReplayVectors(args, {
      cwd: folder,
      out: (text) => void (out += text),
      err: (text) => void (err += text),
    });
    return { code, out, err };
  }

  test('finds nothing to say about the vectors, and exits with 0', async () => {
    writeFileSync(join(folder, 'good.json'), vectors);
    expect(await replay(['--vectors', 'good.json'])).toEqual({
      code: 0,
      out: 'clean_all_good: 600 events, as expected\ndrift_to_25pct_at_700: 1100 events, as expected\nreset_freeze_cap: 1004 events, as expected\ncritical_rejection: 500 events, as expected\n',
      err: '',
    });
    const json = await replay(['--vectors', 'good.json', '--json']);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({
      differences: [],
      runs: [{ name: 'clean_all_good', differences: 0 }, {}, {}, {}],
    });
  });

  test('prints every difference, and exits with 1', async () => {
    const text = spoilt(([clean, drift]) => {
      const event = clean?.events[300];
      if (event?.exp) event.exp.q = 0.3;
      if (clean) clean.final.n[2] = 0;
      drift?.changes.pop();
      clean?.changes.push({ i: 599, event: 'lowered', tau: 0, epoch: 2 });
    });
    writeFileSync(join(folder, 'bad.json'), text);
    const { code, out } = await replay(['--vectors', 'bad.json']);
    expect(code).toBe(1);
    expect(out).toContain('  clean_all_good, 300: q is 1, expected 0.3\n');
    expect(out).toContain('  clean_all_good, final: n is [93,61,75,48,49], expected [93,61,0,48,49]\n');
    expect(out).toContain('  drift_to_25pct_at_700, change 5: event is "lowered", expected null\n');
    expect(out).toContain('  clean_all_good, change 5: event is null, expected "lowered"\n');
    const json = replayVectors(text, { file: 'bad.json', json: true });
    expect(json.code).toBe(1);
    expect((JSON.parse(json.out) as { differences: unknown[] }).differences[0]).toEqual({
      run: 'clean_all_good',
      at: '300',
      field: 'q',
      expected: 0.3,
      actual: 1,
    });
  });

  test.for([
    ['action', (exp: { action: string }) => (exp.action = 'auto')],
    ['tau', (exp: { tau: number }) => (exp.tau += 1e-8)],
    ['S', (exp: { S: number }) => (exp.S += 1e-8)],
    ['event', (exp: { event?: string }) => (exp.event = 'raised')],
  ] as const)('sees a wrong %s', ([field, spoil]) => {
    const text = spoilt(([clean]) => {
      const exp = clean?.events[10]?.exp;
      if (exp) spoil(exp);
    });
    const { code, out } = replayVectors(text, { file: 'f', json: false });
    expect(code).toBe(1);
    expect(out).toContain(`clean_all_good, 10: ${field} is`);
  });

  test('shows the first twenty of many', () => {
    const text = spoilt(([clean]) => {
      for (const { exp } of clean?.events ?? []) if (exp) exp.S = 1;
    });
    expect(replayVectors(text, { file: 'f', json: false }).out).toContain('  and 580 more\n');
  });

  test('exits with 2 for what is no vectors', async () => {
    expect(await replay([])).toMatchObject({ code: 2, err: expect.stringContaining('Which file?') });
    expect(await replay(['--vectors', 'away.json'])).toMatchObject({
      code: 2,
      err: expect.stringContaining("away.json can't be read"),
    });
    expect(await replay(['--vektors', 'x'])).toMatchObject({ code: 2, err: expect.stringContaining('--vektors') });
    expect(await replay(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('policy_runs') });
    expect(replayVectors('{', { file: 'f', json: false })).toMatchObject({
      code: 2,
      err: expect.stringContaining('f: not JSON'),
    });
    expect(replayVectors('{}', { file: 'f', json: false })).toMatchObject({
      code: 2,
      err: expect.stringContaining('f: not policy runs: policy_runs'),
    });
    const odd = spoilt(([clean]) => void (clean && (clean.events[0] = { op: 'dance', t: 0 } as { op: string })));
    expect(replayVectors(odd, { file: 'f', json: false })).toMatchObject({
      code: 2,
      err: expect.stringContaining('clean_all_good: a run has the op “dance”'),
    });
  });
});
