import { expect, test } from 'vitest';
import type { CarrierState } from '../engine/carrier-state.ts';
import { filesAreFor, mayChooseFile, type Situation, statusOf } from './status.ts';

const PAUSED = { state: 'open', pausedAtMs: 5 } as const;
const FINISHED = { state: 'finished', finishedAtMs: 5, sha256: 'x-4' } as const;

function situation(view: Partial<Situation['view']>, more: Partial<Situation> = {}): Situation {
  return {
    view: {
      state: 'open',
      upload: 'u',
      file: { name: 'video.mov', sizeBytes: 20_971_520, type: '' },
      role: 'helper',
      device: 2,
      partCount: 4,
      doneParts: 1,
      phase: { state: 'open' },
      carrier: { state: 'carrying' },
      isPaused: false,
      progress: { sizeBytes: 20_971_520, shownBytes: 0, share: 0, rateBps: 0, etaMs: undefined },
      devices: [],
      ...view,
    },
    isUnreachable: false,
    knownParts: 4,
    chosen: undefined,
    ...more,
  };
}

const stopped = (reason: Extract<CarrierState, { state: 'stopped' }>['reason'], part?: number) =>
  ({ state: 'stopped', reason, detail: 'Said the server.', ...(part ? { part } : {}) }) as const;

test.each<[string, Situation, RegExp]>([
  ['uploading', situation({}), /^This device is uploading\.$/],
  ['the screen kept on', situation({}, { isScreenKept: true }), /^This device is uploading\.$/],
  [
    'keeping to a limit',
    situation({ carrier: { state: 'limited', rateBps: 250_000 } }),
    /^This device is uploading, and keeps to your limit of 2\.0 Mbit\/s\.$/,
  ],
  ['proving', situation({ carrier: { state: 'proving' } }), /Checking that this is the same file/],
  ['retrying', situation({ carrier: { state: 'retrying' } }), /trying again/],
  ['no room on the server', situation({ carrier: { state: 'store-full' } }), /disk of the server is full/],
  [
    'another tab at it',
    situation({ carrier: undefined }, { otherTab: { state: 'carrying' } }),
    /^Another tab of this browser is uploading this/,
  ],
  [
    'paused, in another tab',
    situation({ carrier: undefined }, { otherTab: { state: 'paused', by: 'person' } }),
    /^Paused on this device\./,
  ],
  [
    'the allowance used up, in another tab',
    situation({ carrier: undefined }, { otherTab: { state: 'used-up' } }),
    /data allowance .* is used up/,
  ],
  ['paused here', situation({ carrier: { state: 'paused', by: 'person' } }), /^Paused on this device\./],
  [
    'paused for all',
    situation({ phase: PAUSED, carrier: { state: 'paused', by: 'owner' } }),
    /^Paused for all devices by the owner\./,
  ],
  ['paused by you', situation({ phase: PAUSED, role: 'owner' }), /^You have paused this upload/],
  ['the allowance used up', situation({ carrier: { state: 'used-up' } }), /data allowance .* is used up/],
  ['others have the rest', situation({ carrier: { state: 'nothing-free' } }), /in other hands/],
  [
    'the owner is away',
    situation({ carrier: { state: 'nothing-free' } }, { knownParts: 1 }),
    /device with the original is away/,
  ],
  ['no server', situation({}, { isUnreachable: true }), /cannot be reached/],
  ['a changed file', situation({ carrier: stopped('file-changed', 17) }), /part 17 has other bytes/],
  ['other bytes', situation({ carrier: stopped('different-file', 3) }), /not the same file: part 3 differs/],
  [
    'another size',
    situation({ carrier: stopped('different-file') }, { chosen: { name: 'b', sizeBytes: 1_000 } }),
    /“b” has 1 kB, the upload has 21 MB/,
  ],
  [
    'another size by a hair',
    situation({ carrier: stopped('different-file') }, { chosen: { name: 'b', sizeBytes: 20_971_519 } }),
    /20,971,519 bytes, the upload has 20,971,520 bytes/,
  ],
  ['unreadable', situation({ carrier: stopped('file-unreadable') }), /can no longer be read/],
  ['a link that allows less', situation({ carrier: stopped('not-allowed') }), /does not let this device/],
  ['refused', situation({ carrier: stopped('refused') }), /Said the server\./],
  ['no file yet', situation({ carrier: undefined }), /needs the file/],
  ['a watcher', situation({ carrier: undefined, role: 'watcher' }), /You are watching/],
  ['finishing', situation({ phase: { state: 'finishing', untilMs: 9 } }), /All parts are in/],
  ['full, finish not heard of yet', situation({ doneParts: 4 }), /All parts are in/],
  ['finished', situation({ phase: FINISHED }), /whole file/],
  ['ended', situation({ phase: { state: 'aborted', abortedAtMs: 1 } }), /ended by its owner/],
])('%s: the device says why', (_, given, words) => {
  expect(statusOf(given).text).toMatch(words);
});

test('a file may be chosen where one is lacking or was the wrong one, and nowhere else', () => {
  const may = (view: Partial<Situation['view']>) => mayChooseFile(situation(view).view);
  expect(may({ carrier: undefined })).toBe(true);
  expect(may({ carrier: undefined, role: 'owner' })).toBe(true);
  expect(may({ carrier: stopped('different-file') })).toBe(true);
  expect(may({})).toBe(false);
  expect(may({ carrier: undefined, role: 'watcher' })).toBe(false);
  expect(may({ carrier: stopped('not-allowed') })).toBe(false);
  expect(may({ carrier: undefined, phase: FINISHED })).toBe(false);
});

test('who watches, by the link or by choice, lacks nothing: the page does not warn', () => {
  const toneOf = (view: Partial<Situation['view']>, more: Partial<Situation> = {}) =>
    statusOf(situation({ carrier: undefined, ...view }, more)).tone;
  expect(toneOf({ role: 'watcher' })).toBe('quiet');
  expect(toneOf({}, { justWatches: true })).toBe('quiet');
  expect(toneOf({})).toBe('waiting');
});

test('a file that is dropped on a board is its own where it lacks one, else another upload', () => {
  const of = (view: Partial<Situation['view']>) => filesAreFor(situation(view).view);
  expect(filesAreFor(undefined)).toBe('start');
  expect(filesAreFor({ state: 'opening' })).toBe('nobody');
  expect(of({ carrier: undefined })).toBe('help');
  expect(of({ carrier: stopped('different-file') })).toBe('help');
  expect(of({})).toBe('beside');
  expect(of({ carrier: undefined, role: 'watcher' })).toBe('beside');
  expect(of({ carrier: undefined, phase: FINISHED })).toBe('beside');
});
