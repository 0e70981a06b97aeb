import { describe, expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { makeTabs } from '../browser/testing/tabs.ts';
import { makeEmitter } from '../engine/emitter.ts';
import { deviceOn } from '../engine/testing/device.ts';
import { makeRulesServer, SECRETS } from '../engine/testing/rules-server.ts';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import { makeVirtualFile } from '../engine/testing/virtual-file.ts';
import { makeUpload } from '../engine/upload.ts';
import { makeTabWork } from './tab-work.ts';

const PARTS = 60;

/** Tabs of one browser that have one upload open, each with its file at hand. The first one to open makes it. */
function browser(hasLocks: boolean) {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  const tabs = makeTabs(hasLocks, clock);
  const changes = makeEmitter<string>();
  let isPaused = false;

  const open = (name: string) => {
    const file = makeVirtualFile(clock, { sizeBytes: PARTS * MIN_PART_BYTES, putMs: 2_000 });
    const info = { name: file.name, sizeBytes: PARTS * MIN_PART_BYTES, type: '' };
    const upload = makeUpload(
      deviceOn(clock, server, name),
      name === 'a' ? { kind: 'create', file: info, secrets: SECRETS } : { kind: 'join', secret: SECRETS.own },
    );
    let hasFile = true;
    const detach = () => {
      hasFile = false;
      upload.detach();
    };
    const work = makeTabWork({
      upload,
      putAside: upload.detach,
      isStopped: () => !hasFile,
      stop: detach,
      pause: {
        isKept: () => isPaused,
        apply: upload.pause,
        onOther: (listener) => changes.on((by) => by !== name && listener()),
      },
      turn: tabs.open(name),
    });
    const choose = () => {
      hasFile = true;
      work.carry(() => file);
    };
    const pause = (next: boolean, isTold = true) => {
      isPaused = next;
      upload.pause(next);
      if (isTold) changes.emit(name);
    };
    const state = () => {
      const view = upload.view();
      return view.state === 'open' ? view.carrier?.state : undefined;
    };
    choose();
    return { upload, file, work, choose, detach, pause, state, hasFile: () => hasFile };
  };
  return { clock, open };
}

describe.each([
  ['with the browser’s locks', true],
  ['by messages alone', false],
] as const)('an upload in several tabs, %s', (_, hasLocks) => {
  /** One tab uploads, another one waits for its turn with the file at hand. */
  async function two() {
    const { clock, open } = browser(hasLocks);
    const first = open('a');
    await clock.passUntil(() => first.state() === 'carrying', 10_000);
    const second = open('b');
    await clock.passUntil(() => second.work.otherTab()?.state === 'carrying', 5_000);
    return { clock, first, second };
  }

  test('what a person paused in one tab stays so when that tab is closed, and goes on from another', async () => {
    const { clock, first, second } = await two();
    first.pause(true);
    await clock.passUntil(() => second.work.otherTab()?.state === 'paused', 100);
    first.work.close();
    first.upload.close();
    await clock.passUntil(() => second.state() === 'paused', 5_000);
    await clock.pass(20_000);
    expect(second.file.puts).toEqual([]);
    second.pause(false);
    await clock.passUntil(() => second.file.puts.length > 0, 5_000);
  });

  test('a tab that was put aside, and not told of a pause, keeps to it when its turn comes', async () => {
    const { clock, first, second } = await two();
    first.pause(true, false);
    first.work.close();
    first.upload.close();
    await clock.passUntil(() => second.state() === 'paused', 5_000);
    await clock.pass(20_000);
    expect(second.file.puts).toEqual([]);
  });

  test('a tab that waits holds the one that uploads on, and lets it go on', async () => {
    const { clock, first, second } = await two();
    second.pause(true);
    await clock.passUntil(
      () => first.state() === 'paused' && second.work.otherTab()?.state === 'paused',
      100,
    );
    second.pause(false);
    await clock.passUntil(() => second.work.otherTab()?.state === 'carrying', 5_000);
    expect(second.file.puts).toEqual([]);
  });

  test('what a person stopped in one tab no other tab starts, until a person starts it there', async () => {
    const { clock, first, second } = await two();
    first.detach();
    await clock.pass(30_000);
    expect([first.state(), second.state()]).toEqual([undefined, undefined]);
    expect(second.file.puts).toEqual([]);
    expect([second.hasFile(), second.work.otherTab()]).toEqual([false, undefined]);
    second.choose();
    await clock.passUntil(() => second.state() === 'carrying', 5_000);
    await clock.passUntil(() => first.work.otherTab()?.state === 'carrying', 5_000);
  });

  test('a tab whose page goes away has stopped nothing: the next one goes on', async () => {
    const { clock, first, second } = await two();
    // As on `pagehide`: the file is put aside, not given up.
    first.upload.detach();
    first.work.close();
    await clock.passUntil(() => second.state() === 'carrying', 5_000);
  });
});
