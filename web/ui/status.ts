import { isPaused } from '../../protocol/messages/common.ts';
import type { CarrierState } from '../engine/carrier-state.ts';
import type { UploadView } from '../engine/upload.ts';
import { numbers, words } from '../words/words.ts';

export type OpenView = Extract<UploadView, { state: 'open' }>;

/** What this device is doing, in words; the tone picks the colour and the sign beside them. */
export interface Status {
  tone: 'busy' | 'waiting' | 'problem' | 'good' | 'quiet';
  text: string;
  advice?: string;
}

export interface Situation {
  view: OpenView;
  isUnreachable: boolean;
  /** What is said then. */
  unreachable?: string;
  /** The system itself says that there is no network. */
  isOffline?: boolean;
  /** Parts whose hash is published. */
  knownParts: number;
  /** The file that was last chosen on this page for this upload. */
  chosen: { name: string; sizeBytes: number } | undefined;
  /** Its file is here, and others go first. */
  waitsForTurn?: boolean;
  /** The screen is kept on meanwhile. */
  isScreenKept?: boolean;
  /** What another tab of this browser does for it, if one has it. */
  otherTab?: CarrierState | undefined;
  /** Asked to help, and would rather not. */
  justWatches?: boolean;
}

/** Whoever is not uploading is told why. */
export function statusOf(situation: Situation): Status {
  const { view, isUnreachable, isOffline, otherTab } = situation;
  const { phase, carrier } = view;
  const { status } = words;
  if (phase.state === 'finished') {
    return { tone: 'good', text: view.role === 'owner' ? status.finishedOwner : status.finished };
  }
  if (phase.state === 'aborted') return { tone: 'quiet', text: status.aborted };
  if (carrier?.state === 'stopped') return stopped(carrier, situation);
  if (isOffline) return { tone: 'problem', text: words.offline };
  if (isUnreachable) return { tone: 'problem', text: situation.unreachable ?? words.unreachable };
  if (phase.state === 'finishing' || view.doneParts === view.partCount) {
    return { tone: 'busy', text: status.finishing };
  }
  if (isPaused(phase)) {
    return { tone: 'waiting', text: view.role === 'owner' ? status.pausedByYou : status.pausedForAll };
  }
  if (!carrier && otherTab) return inOtherTab(otherTab, situation);
  if (!carrier) {
    const isWatching = view.role === 'watcher' || situation.justWatches;
    return { tone: isWatching ? 'quiet' : 'waiting', text: withoutCarrier(situation) };
  }
  return carrying(carrier, situation);
}

/** Whether a file may be chosen here now. */
export function mayChooseFile(view: OpenView): boolean {
  if (view.role === 'watcher' || view.phase.state !== 'open' || view.doneParts === view.partCount)
    return false;
  if (!view.carrier) return true;
  return view.carrier.state === 'stopped' && CHOOSE_AGAIN.has(view.carrier.reason);
}

/** What files are for that are dropped or pasted anywhere on the page, by the upload that it shows. */
export function filesAreFor(view: UploadView | undefined): 'start' | 'help' | 'beside' | 'nobody' {
  if (!view) return 'start';
  // It may be about to ask for just this file.
  if (view.state === 'opening') return 'nobody';
  return view.state === 'open' && mayChooseFile(view) ? 'help' : 'beside';
}

const CHOOSE_AGAIN: ReadonlySet<string> = new Set(['file-changed', 'different-file', 'file-unreadable']);

function withoutCarrier({ view, waitsForTurn, justWatches }: Situation): string {
  const { status } = words;
  if (waitsForTurn) return status.waitsForTurn;
  if (view.role === 'watcher') return status.watching;
  if (view.role === 'owner') return status.ownerWithoutFile;
  return justWatches ? status.justWatching : status.helperWithoutFile;
}

/** The same holds for the whole device, but for who goes on. */
function inOtherTab(theirs: CarrierState, situation: Situation): Status {
  const { status } = words;
  if (theirs.state === 'carrying') return { tone: 'waiting', text: status.inOtherTab };
  return { ...carrying(theirs, situation), advice: status.byOtherTab };
}

function carrying(carrier: CarrierState, { view, knownParts, isScreenKept }: Situation): Status {
  const { status } = words;
  switch (carrier.state) {
    case 'proving':
      return { tone: 'busy', text: status.proving };
    case 'paused':
      return { tone: 'waiting', text: status.paused };
    case 'used-up':
      return { tone: 'waiting', text: status.usedUp };
    case 'retrying':
      return { tone: 'problem', text: status.retrying };
    case 'store-full':
      return { tone: 'problem', text: status.storeFull };
    case 'nothing-free':
      return { tone: 'waiting', text: whyNothingFree(view, knownParts) };
    default:
      return {
        tone: 'busy',
        text: carrier.state === 'limited' ? status.limited(numbers.speed(carrier.rateBps)) : status.carrying,
        advice: isScreenKept ? status.screenKept : status.keepOpen,
      };
  }
}

function whyNothingFree(view: OpenView, knownParts: number): string {
  const { status } = words;
  if (knownParts > view.doneParts || view.role === 'owner') return status.inOtherHands;
  const isOwnerThere = view.devices.some(({ role, online }) => role === 'owner' && online);
  return isOwnerThere ? status.awaitingHashes : status.ownerAway;
}

function stopped(carrier: Extract<CarrierState, { state: 'stopped' }>, { view, chosen }: Situation): Status {
  const { status } = words;
  const { name, sizeBytes } = view.file;
  switch (carrier.reason) {
    case 'file-changed':
      return { tone: 'problem', text: status.fileChanged(name, carrier.part) };
    case 'different-file':
      return {
        tone: 'problem',
        text: differentFile(chosen, sizeBytes, carrier.part),
        advice: status.recompressed,
      };
    case 'file-unreadable':
      return { tone: 'problem', text: status.fileUnreadable(name) };
    case 'not-allowed':
      return { tone: 'problem', text: status.notAllowed };
    case 'refused':
      return { tone: 'problem', text: status.refused(carrier.detail) };
  }
}

/** Why a file that was chosen here is not the upload's. */
function differentFile(chosen: Situation['chosen'], sizeBytes: number, part: number | undefined): string {
  const { status } = words;
  if (chosen && chosen.sizeBytes !== sizeBytes) {
    const looksAlike = numbers.bytes(chosen.sizeBytes) === numbers.bytes(sizeBytes);
    const say = looksAlike ? numbers.exactBytes : numbers.bytes;
    return status.differentSize(chosen.name, say(chosen.sizeBytes), say(sizeBytes));
  }
  return part === undefined ? status.different : status.differentPart(part);
}
