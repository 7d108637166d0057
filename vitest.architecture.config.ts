import { defineConfig } from 'vitest/config';

/** The architecture alone, without databases: for `npm run check`. */
export default defineConfig({ test: { include: ['test/architecture.test.ts'] } });
