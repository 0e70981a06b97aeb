import { expect, test } from 'vitest';
import type { UploadState } from '../../protocol/messages/common.ts';
import type { CarrierState } from '../engine/carrier-state.ts';
import type { UploadView } from '../engine/upload.ts';
import { goesBefore } from './turns.ts';

function view(phase: UploadState, carrier: CarrierState | undefined, isPaused = false): UploadView {
  return {
    state: 'open',
    upload: 'u',
    file: { name: 'film.mov', sizeBytes: 1, type: '' },
    role: 'owner',
    device: 1,
    partCount: 1,
    doneParts: 0,
    phase,
    carrier,
    isPaused,
    progress: { sizeBytes: 1, shownBytes: 0, share: 0, rateBps: 0, etaMs: undefined },
    devices: [],
  };
}

test('what is queued comes after one that goes on by itself', () => {
  expect(goesBefore({ state: 'opening' })).toBe(true);
  expect(goesBefore(view({ state: 'open' }, undefined))).toBe(true);
  expect(goesBefore(view({ state: 'open' }, { state: 'carrying' }))).toBe(true);
});

test('it does not wait for one that only a person lets go on, or that is through', () => {
  expect(goesBefore(view({ state: 'open' }, { state: 'paused', by: 'person' }, true))).toBe(false);
  expect(goesBefore(view({ state: 'open', pausedAtMs: 1 }, { state: 'paused', by: 'owner' }))).toBe(false);
  const stopped: CarrierState = { state: 'stopped', reason: 'refused', detail: '' };
  expect(goesBefore(view({ state: 'open' }, stopped))).toBe(false);
  expect(goesBefore(view({ state: 'finished', finishedAtMs: 1, sha256: '' }, undefined))).toBe(false);
  expect(goesBefore({ state: 'refused', error: { kind: 'bad-size', message: '' } })).toBe(false);
});
