import { describe, expect, test } from 'vitest';
import type { UploadView } from '../engine/upload.ts';
import { barLine, makeBar } from './bar.ts';
import { makeLines } from './lines.ts';
import type { Moment } from './report.ts';

type OpenView = Extract<UploadView, { state: 'open' }>;

function moment(nowMs: number, share: number, more: Partial<OpenView> = {}): Moment {
  const sizeBytes = 100_000_000;
  const device = { number: 1, name: 'nas', role: 'owner' as const, online: true, rateBps: 1, doneParts: 0 };
  const view: OpenView = {
    state: 'open',
    upload: 'u',
    file: { name: 'film.mov', sizeBytes, type: '' },
    role: 'owner',
    device: 1,
    partCount: 20,
    doneParts: 3,
    phase: { state: 'open' },
    carrier: { state: 'carrying' },
    isPaused: false,
    progress: { sizeBytes, shownBytes: share * sizeBytes, share, rateBps: 2_500_000, etaMs: 60_000 },
    devices: [
      { ...device, isSelf: true },
      { ...device, number: 2, isSelf: false },
    ],
    ...more,
  };
  return { view, status: { state: 'online' }, nowMs };
}

function stream(columns: number) {
  let text = '';
  return {
    columns,
    write(more: string) {
      text += more;
    },
    text: () => text,
  };
}

describe('the bar on a terminal', () => {
  test('is filled by the share, with the figures behind it', () => {
    expect(barLine(moment(0, 0.25), 120)).toBe(
      '██████░░░░░░░░░░░░░░░░░░ 25.0%, 25 MB of 100 MB, 20.0 Mbit/s, about 1 min left, 2 devices',
    );
  });

  test('says first why nothing leaves this device', () => {
    expect(barLine(moment(0, 0.25, { carrier: { state: 'retrying' } }), 90)).toMatch(
      /25\.0%, parts do not get through just now; trying again/,
    );
  });

  test.for([10, 20, 40, 60, 80])('never wraps in %i columns', (columns) => {
    for (const share of [0, 0.5, 1]) expect(barLine(moment(0, share), columns).length).toBeLessThan(columns);
  });

  test('is drawn a few times a second at most, over itself, and is gone at the end', () => {
    const terminal = stream(80);
    const bar = makeBar(terminal);
    for (let ms = 0; ms < 1_000; ms += 10) bar.moment(moment(ms, ms / 1_000));
    expect(terminal.text().split('\r')).toHaveLength(6);
    expect(terminal.text()).not.toContain('\n');
    bar.end();
    expect(terminal.text().endsWith('\r\x1b[K')).toBe(true);
  });
});

describe('plain lines', () => {
  test('one every ten seconds, one when the reason changes for longer than a moment', () => {
    const log = stream(0);
    const lines = makeLines(log);
    const isAway = (ms: number) => (ms >= 4_000 && ms < 4_500) || (ms >= 22_000 && ms < 26_000);
    for (let ms = 0; ms <= 30_000; ms += 100) {
      lines.moment(moment(ms, 0.5, { carrier: { state: isAway(ms) ? 'retrying' : 'carrying' } }));
    }
    const said = log.text().trim().split('\n');
    expect(said.map((line) => line.includes('do not get through'))).toEqual([false, false, true, false]);
    expect(said[0]).toBe('50.0%, 50 MB of 100 MB, 20.0 Mbit/s, about 1 min left, 2 devices');
  });
});
