import { expect, test } from 'vitest';
import { deviceState } from './device-state.ts';

const OPEN = { state: 'open' } as const;
const PAUSED = { state: 'open', pausedAtMs: 5 } as const;
const helper = { role: 'helper', online: true, rateBps: 1_000, doneParts: 3 } as const;

test('a device that carries helps; one that came by a link and brought nothing yet is not said to', () => {
  expect(deviceState(helper, OPEN)).toBe('helps, online');
  expect(deviceState({ ...helper, rateBps: 0 }, OPEN)).toBe('helps, idle');
  expect(deviceState({ ...helper, doneParts: 0 }, OPEN)).toBe('helps, online');
  expect(deviceState({ ...helper, rateBps: 0, doneParts: 0 }, OPEN)).toBe('has uploaded nothing yet, online');
});

test('while all are paused no device is idle, but paused; a watcher only watches', () => {
  const still = { ...helper, rateBps: 0 };
  expect(deviceState(still, PAUSED)).toBe('helps, paused');
  expect(deviceState({ ...still, online: false }, PAUSED)).toBe('helps, away');
  expect(deviceState({ ...still, role: 'watcher' }, PAUSED)).toBe('watches, online');
  expect(deviceState({ ...still, role: 'watcher', doneParts: 0 }, OPEN)).toBe('watches, online');
});
