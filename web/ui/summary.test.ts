import { expect, test } from 'vitest';
import type { UploadView } from '../engine/upload.ts';
import type { InHand } from '../state/app.ts';
import { summaryOf } from './summary.ts';

type OpenView = Extract<UploadView, { state: 'open' }>;

function summaryWith(view: Partial<OpenView>, waitsForTurn = false, isInOtherTab = false) {
  const whole: OpenView = {
    state: 'open',
    upload: 'u',
    file: { name: 'video.mov', sizeBytes: 1_000, type: '' },
    role: 'owner',
    device: 1,
    partCount: 4,
    doneParts: 1,
    phase: { state: 'open' },
    carrier: { state: 'carrying' },
    isPaused: false,
    progress: { sizeBytes: 1_000, shownBytes: 250, share: 0.25, rateBps: 125_000, etaMs: 60_000 },
    devices: [],
    ...view,
  };
  // Of an open upload only its view is read.
  const one = { state: 'open', entry: undefined, open: { view: () => whole } } as unknown as InHand;
  return summaryOf(one, waitsForTurn, false, isInOtherTab);
}

test('an upload that runs says how far, how fast and for how long', () => {
  expect(summaryWith({})).toMatchObject({ state: 'running', text: '25%, 1.0 Mbit/s, about 1 min left' });
});

test('one that this device has paused is paused, whatever the others do, and promises nothing', () => {
  const paused = summaryWith({ isPaused: true, carrier: { state: 'paused', by: 'person' } });
  expect(paused).toEqual({ state: 'paused', text: '25%, paused on this device', share: 0.25 });
});

test('one that another tab of this browser has in hand runs, or is paused, and does not lack its file', () => {
  const stalled = { sizeBytes: 1_000, shownBytes: 250, share: 0.25, rateBps: 0, etaMs: undefined };
  const running = summaryWith({ carrier: undefined, progress: stalled }, false, true);
  expect(running).toEqual({ state: 'running', text: '25%', share: 0.25 });
  const paused = summaryWith({ carrier: undefined, progress: stalled, isPaused: true }, false, true);
  expect(paused).toEqual({ state: 'paused', text: '25%, paused on this device', share: 0.25 });
});

test('one that is paused for all devices is paused, also without a file here or before its turn', () => {
  const phase = { state: 'open', pausedAtMs: 5 } as const;
  const paused = { state: 'paused', text: '25%, paused for all devices', share: 0.25 };
  expect(summaryWith({ phase, carrier: { state: 'paused', by: 'owner' } })).toEqual(paused);
  expect(summaryWith({ phase, carrier: undefined })).toEqual(paused);
  expect(summaryWith({ phase }, true)).toEqual(paused);
});
