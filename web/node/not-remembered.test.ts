import { expect, test } from 'vitest';
import type { DeviceOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { nowForgotten, withoutMemory } from './not-remembered.ts';

const OPTIONS: DeviceOptions = {
  name: undefined,
  limitBps: undefined,
  allowanceBytes: undefined,
  giveUpMs: undefined,
  stateFolder: undefined,
  isJson: false,
};
const failed = (code: string) => Object.assign(new Error(`${code}: x`), { code });

test('what was begun before goes on, and so does a device that only loses its name', () => {
  const full = { folder: '/state', error: failed('ENOSPC') };
  const of = (kind: 'create' | 'join' | 'watch', begun: 'before' | 'now', more = {}) =>
    withoutMemory({ ...full, command: { kind, options: { ...OPTIONS, ...more } }, begun });
  for (const run of [of('create', 'before'), of('join', 'now'), of('watch', 'now')]) {
    expect(run).toEqual({ note: expect.stringContaining('the disk with /state is full. It goes on') });
  }
  expect(of('create', 'now')).toMatchObject({ code: EXIT.fault });
  expect(of('join', 'before', { allowanceBytes: 1 })).toMatchObject({ code: EXIT.fault });
});

test.for([
  ['EDQUOT', 'the disk with /state is full'],
  ['EROFS', '/state may not be written by this user'],
  ['ENOTDIR', '/state is not a folder'],
  ['EIO', '/state cannot be written (EIO: x)'],
] as const)('of %s a person is told that %s', ([code, words]) => {
  expect(nowForgotten('/state', failed(code))).toContain(`: ${words}. `);
});
