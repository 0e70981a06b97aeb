import { expect } from 'vitest';
import type { UploadState } from '../../../protocol/messages/common.ts';
import { newId, type Rule, race, type Tools } from './tools.contract.ts';

const FINISHED = { state: 'finished', finishedAtMs: 5, sha256: 'AAAA-3' } as const;

/** Rules for electing the one that finishes. `now` is always the caller's. */
export function finishingRules(rule: Rule, tools: () => Tools): void {
  rule('T11', 'of many who begin to finish at once one is elected', async () => {
    const { uploads, open } = tools();
    for (let round = 0; round < 4; round++) {
      const upload = await open();
      const begun = await race(16, (i) => uploads.beginFinish(upload, `token ${i}`, 100, 0));
      expect(begun.filter(Boolean)).toHaveLength(1);
      const elected = `token ${begun.indexOf(true)}`;
      expect((await uploads.state(upload))?.state).toEqual({ state: 'finishing', untilMs: 100 });
      expect(await uploads.endFinish(upload, elected, FINISHED)).toBe(true);
    }
  });

  rule('T12', 'a finisher is left alone until its time has run out; then one other takes over', async () => {
    const { uploads, open } = tools();
    const upload = await open();
    await uploads.beginFinish(upload, 'first', 100, 0);
    expect(await uploads.beginFinish(upload, 'second', 199, 99)).toBe(false);
    const begun = await race(8, (i) => uploads.beginFinish(upload, `later ${i}`, 200, 100));
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(await uploads.beginFinish(upload, 'fourth', 299, 199)).toBe(false);
  });

  rule('T13', 'renewing holds the others off for longer, as long as nobody took over', async () => {
    const { uploads, open } = tools();
    const upload = await open();
    await uploads.beginFinish(upload, 'first', 100, 0);
    expect(await uploads.renewFinish(upload, 'first', 150)).toBe(true);
    expect(await uploads.beginFinish(upload, 'second', 200, 149)).toBe(false);
    expect(await uploads.beginFinish(upload, 'second', 250, 150)).toBe(true);
    expect(await uploads.renewFinish(upload, 'first', 1_000)).toBe(false);
    expect((await uploads.state(upload))?.state).toEqual({ state: 'finishing', untilMs: 250 });
  });

  rule('T14', 'whoever lost the finish to another ends nothing', async () => {
    const { uploads, open } = tools();
    const upload = await open();
    await uploads.beginFinish(upload, 'first', 100, 0);
    await uploads.beginFinish(upload, 'second', 200, 100);
    for (const state of endings()) expect(await uploads.endFinish(upload, 'first', state)).toBe(false);
    expect((await uploads.state(upload))?.state).toEqual({ state: 'finishing', untilMs: 200 });
  });

  rule('T15', 'a finish ends as its finisher says, and keeps the full stripes', async () => {
    const { uploads, open } = tools();
    for (const state of endings()) {
      const upload = await open();
      await uploads.markFull(upload, [0, 2]);
      await uploads.beginFinish(upload, 'token', 100, 0);
      expect(await uploads.endFinish(upload, 'token', state)).toBe(true);
      expect(await uploads.state(upload)).toEqual({ state, fullStripes: new Set([0, 2]), devices: 0 });
    }
  });

  rule('T16', 'finished and aborted are final', async () => {
    const { uploads, open } = tools();
    for (const state of endings().filter((ending) => ending.state !== 'open')) {
      const upload = await open();
      await uploads.beginFinish(upload, 'token', 100, 0);
      await uploads.endFinish(upload, 'token', state);
      expect(await uploads.beginFinish(upload, 'later', 2_000, 1_000)).toBe(false);
      expect(await uploads.renewFinish(upload, 'token', 2_000)).toBe(false);
      for (const other of endings().filter((ending) => ending.state !== state.state)) {
        expect(await uploads.endFinish(upload, 'token', other)).toBe(false);
      }
      expect((await uploads.state(upload))?.state).toEqual(state);
    }
  });

  rule(
    'T17',
    'an upload that was opened again is for anybody to finish, and not for the one before',
    async () => {
      const { uploads, open } = tools();
      const upload = await open();
      await uploads.beginFinish(upload, 'first', 100, 0);
      await uploads.endFinish(upload, 'first', { state: 'open' });
      expect(await uploads.renewFinish(upload, 'first', 200)).toBe(false);
      expect(await uploads.endFinish(upload, 'first', FINISHED)).toBe(false);
      expect(await uploads.beginFinish(upload, 'second', 110, 10)).toBe(true);
    },
  );

  rule('T18', 'an upload that is not there cannot be finished, and trying does not make it', async () => {
    const { uploads } = tools();
    const upload = newId();
    expect(await uploads.beginFinish(upload, 'token', 100, 0)).toBe(false);
    expect(await uploads.renewFinish(upload, 'token', 100)).toBe(false);
    expect(await uploads.endFinish(upload, 'token', FINISHED)).toBe(false);
    expect(await uploads.state(upload)).toBeUndefined();
  });
}

function endings(): UploadState[] {
  return [{ state: 'open' }, FINISHED, { state: 'aborted', abortedAtMs: 6 }];
}
