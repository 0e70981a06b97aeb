import type { CarrierState } from '../engine/carrier.ts';
import type { UploadView } from '../engine/upload.ts';
import { differentFileWords, fileChangedWords, fileUnreadableWords, RECOMPRESSED, words } from './words.ts';

type OpenView = Extract<UploadView, { state: 'open' }>;

/** What this device is doing, in words; the tone picks the colour and the sign beside them. */
export interface Status {
  tone: 'busy' | 'waiting' | 'problem' | 'good' | 'ended';
  text: string;
  advice?: string;
}

export interface Situation {
  view: OpenView;
  isUnreachable: boolean;
  /** Parts whose hash is published. */
  knownParts: number;
  /** The file that was last chosen on this page for this upload. */
  chosen: { name: string; sizeBytes: number } | undefined;
}

/** Whoever is not uploading is told why. Pure. */
export function statusOf(situation: Situation): Status {
  const { view, isUnreachable } = situation;
  const { phase, carrier } = view;
  if (phase.state === 'finished') return { tone: 'good', text: finishedText(view) };
  if (phase.state === 'aborted') {
    return { tone: 'ended', text: 'This upload was ended by its owner. Nothing of it is kept.' };
  }
  if (carrier?.state === 'stopped') return stopped(carrier, situation);
  if (isUnreachable) return { tone: 'problem', text: words.unreachable };
  if (phase.state === 'finishing' || view.doneParts === view.partCount) {
    return { tone: 'busy', text: 'All parts are in. S3 is putting the file together…' };
  }
  if (!carrier) return { tone: 'waiting', text: withoutFile(view) };
  return carrying(carrier, situation);
}

/** Whether a file may be chosen here now. */
export function mayChooseFile(view: OpenView): boolean {
  if (view.role === 'watcher' || view.phase.state !== 'open' || view.doneParts === view.partCount)
    return false;
  if (!view.carrier) return true;
  return view.carrier.state === 'stopped' && CHOOSE_AGAIN.has(view.carrier.reason);
}

/** Whether this device is at work for the upload, or would be if there were any. */
export function isCarrying({ phase, carrier }: OpenView): boolean {
  return phase.state === 'open' && !!carrier && carrier.state !== 'stopped' && carrier.state !== 'over';
}

const CHOOSE_AGAIN: ReadonlySet<string> = new Set(['file-changed', 'different-file', 'file-unreadable']);

function finishedText(view: OpenView): string {
  return view.role === 'owner'
    ? 'Done: S3 has the whole file and has checked every part of it. You can close this page.'
    : 'Done: S3 has the whole file. You can close this page.';
}

function withoutFile(view: OpenView): string {
  if (view.role === 'watcher') return words.watching;
  return view.role === 'owner'
    ? 'This device is not uploading: it needs the file again.'
    : 'This device is not uploading yet: it needs the file.';
}

function carrying(carrier: CarrierState, { view, knownParts }: Situation): Status {
  switch (carrier.state) {
    case 'proving':
      return { tone: 'busy', text: 'Checking that this is the same file…' };
    case 'retrying':
      return {
        tone: 'problem',
        text: 'Parts do not get through from this device just now; trying again. What is done is kept.',
      };
    case 'nothing-free':
      return { tone: 'waiting', text: whyNothingFree(view, knownParts) };
    default:
      return { tone: 'busy', text: 'This device is uploading.', advice: words.keepOpen };
  }
}

function whyNothingFree(view: OpenView, knownParts: number): string {
  if (knownParts > view.doneParts || view.role === 'owner') {
    return 'Everything left is in other hands. This device steps in if one of them gives up.';
  }
  const owner = view.devices.some(({ role, online }) => role === 'owner' && online);
  return owner
    ? 'Waiting for the device with the original: it has not checked the next parts yet.'
    : 'The device with the original is away. The parts that it has not checked yet wait for it to come back.';
}

function stopped(carrier: Extract<CarrierState, { state: 'stopped' }>, { view, chosen }: Situation): Status {
  const { name, sizeBytes } = view.file;
  switch (carrier.reason) {
    case 'file-changed':
      return { tone: 'problem', text: fileChangedWords(name, carrier.part) };
    case 'different-file':
      return {
        tone: 'problem',
        text: `${differentFileWords(chosen, sizeBytes, carrier.part)} Choose the original to help.`,
        advice: RECOMPRESSED,
      };
    case 'file-unreadable':
      return { tone: 'problem', text: fileUnreadableWords(name) };
    case 'not-allowed':
      return {
        tone: 'problem',
        text: 'This link does not let this device upload. You can go on watching, or ask for another link.',
      };
    case 'refused':
      return {
        tone: 'problem',
        text: `The server does not take parts from this device: ${carrier.detail} What is uploaded is kept. Reloading the page may help.`,
      };
  }
}
