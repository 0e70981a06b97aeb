import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLogFile } from './log-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-log-'));
  path = join(folder, 'tributary.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n');

test('each happening is a line of JSON with its time, after those of earlier runs', () => {
  makeLogFile(path, () => 1)({ kind: 'a', part: 3 });
  makeLogFile(path, () => 2)({ kind: 'b' });
  expect(linesOf(path).map((line) => JSON.parse(line))).toEqual([
    { atMs: 1, kind: 'a', part: 3 },
    { atMs: 2, kind: 'b' },
  ]);
});

test('a line that a kill cut short spoils no other', () => {
  writeFileSync(path, '{"atMs":0,"kind":"whole"}\n{"atMs":0,"ki');
  makeLogFile(path, () => 1)({ kind: 'next' });
  expect(linesOf(path)).toEqual(['{"atMs":0,"kind":"whole"}', '{"atMs":0,"ki', '{"atMs":1,"kind":"next"}']);
});

test('a full one is set aside, and only the last of those is kept, across restarts too', () => {
  for (const run of [0, 1, 2]) {
    const log = makeLogFile(path, () => run, 200);
    for (let i = 0; i < 10; i++) log({ kind: 'x'.repeat(20), i });
  }
  const kept = [...linesOf(`${path}.1`), ...linesOf(path)].map((line) => JSON.parse(line));
  expect(kept.at(-1)).toMatchObject({ atMs: 2, i: 9 });
  for (const file of [path, `${path}.1`]) {
    const { length } = readFileSync(file);
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(300);
  }
  expect(kept.length).toBeGreaterThanOrEqual(5);
});

test('what cannot be written is dropped, nothing is thrown, and the next line is whole', () => {
  const log = makeLogFile(path, () => 1);
  mkdirSync(path);
  log({ kind: 'lost' });
  rmdirSync(path);
  // As a disk that became full in the middle of the line leaves it.
  writeFileSync(path, '{"atMs":1,"kind":"lo');
  log({ kind: 'kept' });
  expect(linesOf(path)).toEqual(['{"atMs":1,"kind":"lo', '{"atMs":1,"kind":"kept"}']);
});
