import { spawnSync } from 'node:child_process';

/** `npm run check`: types, lint, format, dead code, architecture. All of them run; the exit code says whether all held. */
const checks: ReadonlyArray<readonly [name: string, command: string, ...args: string[]]> = [
  ['types', 'tsc', '--noEmit'],
  ['types of the page', 'tsc', '--noEmit', '-p', 'sandbox/page/client'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings', 'src', 'sandbox', 'test', 'bench', 'scripts'],
  ['format', 'biome', 'format', '.'],
  ['dead code', 'knip', '--no-progress'],
  ['architecture', 'vitest', 'run', '--config', 'vitest.architecture.config.ts', '--reporter', 'dot'],
];

const failed: string[] = [];
for (const [name, command, ...args] of checks) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status === 0) continue;
  failed.push(name);
  console.log(`${stdout ?? ''}${stderr ?? ''}`.trim());
}
if (failed.length > 0) {
  console.log(`\nFailed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
