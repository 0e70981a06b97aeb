import { isPaused } from '../../protocol/messages/common.ts';
import type { UploadView } from '../engine/upload.ts';

/**
 * Whether an upload takes this device's line for itself. Files go one after the other: two at once would both be done
 * later than the first one alone.
 */
export function takesTheLine(view: UploadView, hasFile: boolean): boolean {
  if (view.state === 'opening') return hasFile;
  if (view.state !== 'open' || view.phase.state !== 'open') return false;
  return TAKES_THE_LINE.has(view.carrier?.state);
}

/** Whether this device would carry parts of it if there were any to carry. Pure. */
export function isAtWork(view: UploadView): boolean {
  if (view.state !== 'open' || view.phase.state !== 'open' || !view.carrier) return false;
  return view.carrier.state !== 'stopped' && view.carrier.state !== 'over';
}

const TAKES_THE_LINE: ReadonlySet<string | undefined> = new Set([
  'proving',
  'carrying',
  'limited',
  'retrying',
  'store-full',
]);

/**
 * Whether those in the queue come after it, its file being here: not after one that is through, nor after one that is
 * held on, or has stopped, until a person does something. Pure.
 */
export function goesBefore(view: UploadView): boolean {
  if (view.state !== 'open') return view.state === 'opening';
  if (/finished|aborted/.test(view.phase.state)) return false;
  return !view.isPaused && !isPaused(view.phase) && view.carrier?.state !== 'stopped';
}
