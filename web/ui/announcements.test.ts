import { expect, test } from 'vitest';
import { announcements, type Told } from './announcements.ts';

const START: Told = { tenth: 0, phase: 'open', isUnreachable: false, devices: new Map() };
const phone = (isOnline: boolean, isCarrying = false) =>
  new Map([[2, { name: 'Phone', isOnline, isCarrying }]]);
const said = (before: Partial<Told>, now: Partial<Told>) =>
  announcements({ ...START, ...before }, { ...START, ...now }, (now.tenth ?? 0) / 10, '2 min left');

test('every tenth is told once, with the time left', () => {
  expect(said({ tenth: 3 }, { tenth: 4 })).toEqual(['40% uploaded, 2 min left']);
  expect(said({ tenth: 4 }, { tenth: 4 })).toEqual([]);
});

test('a device that comes, begins to help, or goes is told by its name', () => {
  expect(said({}, { devices: phone(true) })).toEqual(['Phone has joined']);
  expect(said({ devices: phone(true) }, { devices: phone(true, true) })).toEqual(['Phone is helping']);
  expect(said({ devices: phone(true, true) }, { devices: phone(false) })).toEqual(['Phone has left']);
});

test('losing the server, and having it back, is told', () => {
  expect(said({}, { isUnreachable: true })).toEqual(['The server cannot be reached']);
  expect(said({ isUnreachable: true }, {})).toEqual(['Connected again.']);
});

test('the end by the owner is told before anything else; the finish has a notice of its own', () => {
  const [first] = said({}, { phase: 'aborted', devices: phone(true) });
  expect(first).toMatch(/ended by its owner/);
  expect(said({ tenth: 9 }, { tenth: 10, phase: 'finished' })).toEqual([]);
});
