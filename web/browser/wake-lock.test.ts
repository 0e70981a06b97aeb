import { expect, test } from 'vitest';
import { makeWakeLock } from './wake-lock.ts';

/** A page that is seen or not, and a system that gives its locks and takes them back. */
function scene() {
  const page = new EventTarget() as EventTarget & { visibilityState: DocumentVisibilityState };
  page.visibilityState = 'visible';
  const given = new Set<EventTarget>();
  let isBatteryLow = false;
  const request = async () => {
    if (isBatteryLow) throw new DOMException('no', 'NotAllowedError');
    const lock = Object.assign(new EventTarget(), {
      async release() {
        if (given.delete(lock)) lock.dispatchEvent(new Event('release'));
      },
    });
    given.add(lock);
    return lock as unknown as WakeLockSentinel;
  };
  return {
    given,
    lock: makeWakeLock({ request, page: page as unknown as Document }),
    setBatteryLow(next: boolean) {
      isBatteryLow = next;
    },
    see(state: DocumentVisibilityState) {
      page.visibilityState = state;
      if (state === 'hidden') {
        for (const one of [...given]) {
          given.delete(one);
          one.dispatchEvent(new Event('release'));
        }
      }
      page.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('the screen is kept on while it is wanted, and one lock is enough', async () => {
  const { lock, given } = scene();
  lock.want(true);
  lock.want(true);
  await settled();
  expect([lock.isHeld(), given.size]).toEqual([true, 1]);
  lock.want(false);
  await settled();
  expect([lock.isHeld(), given.size]).toEqual([false, 0]);
});

test('what the system took back is asked for again when the page is seen again', async () => {
  const { lock, given, see } = scene();
  let changes = 0;
  lock.onChange(() => changes++);
  lock.want(true);
  await settled();
  see('hidden');
  expect(lock.isHeld()).toBe(false);
  see('visible');
  await settled();
  expect([lock.isHeld(), given.size, changes]).toEqual([true, 1, 3]);
});

test('not wanted any more before it was given, it is given back', async () => {
  const { lock, given } = scene();
  lock.want(true);
  lock.want(false);
  await settled();
  expect([lock.isHeld(), given.size]).toEqual([false, 0]);
});

test('a system that refuses is asked again when the page is seen, and one without locks is left alone', async () => {
  const { lock, see, setBatteryLow } = scene();
  setBatteryLow(true);
  lock.want(true);
  await settled();
  expect(lock.isHeld()).toBe(false);
  setBatteryLow(false);
  see('visible');
  await settled();
  expect(lock.isHeld()).toBe(true);
  lock.stop();
  await settled();
  expect(lock.isHeld()).toBe(false);
  const none = makeWakeLock({ request: undefined, page: new EventTarget() as unknown as Document });
  none.want(true);
  expect(none.isHeld()).toBe(false);
});
