import { expect, test } from 'vitest';
import { type JournalEntry, surplusOf } from './journal.ts';

test('what is not finished is remembered, however many came after it', () => {
  const entry = (own: string): JournalEntry => ({
    secrets: { own, help: `${own} help`, watch: `${own} watch` },
    name: own,
    sizeBytes: 1,
    createdAtMs: 0,
  });
  const all = Array.from({ length: 103 }, (_, i) => entry(`upload ${i}`));
  const gone = surplusOf(all, new Set(['upload 101']));
  expect(gone.map(({ name }) => name)).toEqual(['upload 100', 'upload 102']);
});
