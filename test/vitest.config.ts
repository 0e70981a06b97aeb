import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['{protocol,functions,infra,web,test}/**/*.test.ts'],
          exclude: ['test/{e2e,faults}/**', '**/node_modules/**'],
          // A guard against hanging, not an expectation: many of them start engines and processes of their own.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // Each file brings a server and browsers of its own; on two cores they would only fight.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
