import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Each file starts an engine of its own: more workers than cores only queue up.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      // `npm run coverage`: the numbers that autonomy rests on are covered to the last branch.
      include: ['src/core/statistics/**', 'src/core/autonomy/**'],
      // Types only: there is nothing to run.
      exclude: ['**/interval.ts', '**/policy-effect.ts'],
      thresholds: { 100: true },
      reporter: ['text-summary', 'text'],
    },
  },
});
