import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Faults that take minutes: not for every landing. `npm run test:faults` says what was counted. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/faults/**/*.test.ts', 'test/e2e/resume.test.ts'],
    fileParallelism: false,
    testTimeout: 400_000,
    hookTimeout: 60_000,
    env: { SAY_COUNTS: '1' },
  },
});
