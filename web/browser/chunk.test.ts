import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chunk } from './chunk.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Fails with each of these in turn, then comes. */
function loading(...errors: Error[]) {
  return vi.fn(async () => {
    const error = errors.shift();
    if (error) throw error;
    return 'code';
  });
}

test('code that did not arrive is asked for again until it comes', async () => {
  const lost = () => new TypeError('Importing a module script failed.');
  const load = loading(lost(), lost());
  const loaded = chunk(load)();
  await vi.runAllTimersAsync();
  expect(await loaded).toBe('code');
  expect(load).toHaveBeenCalledTimes(3);
});

test('code that fails by itself is not asked for again: its error is told', async () => {
  const own = new TypeError("Cannot read properties of undefined (reading 'open')");
  const load = loading(own);
  await expect(chunk(load)()).rejects.toBe(own);
  expect(load).toHaveBeenCalledTimes(1);
});

test('however often it is asked for, code is loaded once', async () => {
  const load = loading();
  const get = chunk(load);
  expect(await Promise.all([get(), get()])).toEqual(['code', 'code']);
  expect(load).toHaveBeenCalledTimes(1);
});
