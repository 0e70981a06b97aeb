import type { UploadView } from '../engine/upload.ts';
import { makeNumbers } from '../words/numbers.ts';
import { reasonOf } from './reasons.ts';
import type { Moment } from './report.ts';

const numbers = makeNumbers('en');

type OpenView = Extract<UploadView, { state: 'open' }>;

/** How far it is and how fast, in pieces: the most important first. Pure. */
export function progressWords(view: OpenView): string[] {
  const { progress, devices } = view;
  const carrying = devices.filter(({ online, role }) => online && role !== 'watcher').length;
  return [
    numbers.percent(progress.share),
    `${numbers.bytes(progress.shownBytes)} of ${numbers.bytes(progress.sizeBytes)}`,
    progress.rateBps > 0 ? numbers.speed(progress.rateBps) : '',
    progress.etaMs === undefined ? '' : `about ${numbers.roughly(progress.etaMs)} left`,
    carrying > 1 ? `${carrying} devices` : '',
  ].filter(Boolean);
}

/** What this device does, where it is not simply uploading. Pure. */
export function stateWords({ view, status, server }: Moment): string | undefined {
  const reason = reasonOf(view, status, server);
  return view.state === 'opening' ? (reason ?? 'opening the upload') : reason;
}
