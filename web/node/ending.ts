import type { ConnectionStatus } from '../engine/connection.ts';
import type { StopReason } from '../engine/retry.ts';
import type { UploadView } from '../engine/upload.ts';
import { makeNumbers } from '../words/numbers.ts';
import { type Ending, EXIT, type ExitCode } from './exit-codes.ts';

const numbers = makeNumbers('en');

type OpenView = Extract<UploadView, { state: 'open' }>;
type Stopped = Extract<OpenView['carrier'], { state: 'stopped' }>;

/** What this device has of the upload. */
export interface Own {
  /** The size of its file, where it has one. */
  bytes?: number | undefined;
  /** Its upload was begun by this command: another file can have another one. */
  isMaker?: boolean;
}

/** Whether there is nothing more to do here, and why. Undefined: it goes on. Pure. */
export function endingOf(view: UploadView, status: ConnectionStatus, own: Own = {}): Ending | undefined {
  if (status.state === 'closed' && status.error) {
    const isVersion = status.error.kind === 'wrong-version';
    const text = isVersion
      ? 'The server speaks another version than this program. Bring both to the same one.'
      : status.error.message;
    return { code: EXIT.notAdmitted, text };
  }
  if (view.state === 'refused') return { code: refusedCode(view.error.kind), text: view.error.message };
  if (view.state !== 'open') return undefined;
  const { phase, carrier, file } = view;
  if (phase.state === 'finished') return { code: EXIT.complete, text: `${file.name} is complete.` };
  if (phase.state === 'aborted') {
    return { code: EXIT.aborted, text: 'This upload was ended by its owner. Nothing of it is kept.' };
  }
  if (carrier?.state === 'used-up') {
    return {
      code: EXIT.allowance,
      text: 'The data allowance is used up. What is uploaded is kept; others can go on.',
    };
  }
  if (carrier?.state !== 'stopped') return undefined;
  return { code: STOPPED[carrier.reason] ?? EXIT.fault, text: stoppedWords(carrier, view, own) };
}

/** What a person who has stopped it should know. Pure. */
export function interruptedWords({
  isTold,
  leaseLeftMs,
}: {
  /** The server has heard of it. */
  isTold: boolean;
  /** Of the tickets that were in hand; 0: there were none. */
  leaseLeftMs: number;
}): string {
  if (leaseLeftMs <= 0) return 'Stopped. What is uploaded is kept. Run this again to go on.';
  return isTold
    ? 'Stopped. What is uploaded is kept, and the tickets in hand were given back. Run this again to go on.'
    : `Stopped. What is uploaded is kept. The server could not be told: others take over the tickets in hand when their leases run out, within ${numbers.roughly(leaseLeftMs)}. Run this again to go on.`;
}

function refusedCode(kind: string): ExitCode {
  return kind === 'internal' || kind === 'malformed' ? EXIT.fault : EXIT.notAdmitted;
}

const STOPPED: Partial<Record<StopReason, ExitCode>> = {
  'file-changed': EXIT.file,
  'different-file': EXIT.file,
  'file-unreadable': EXIT.file,
  'not-allowed': EXIT.notAdmitted,
};

function stoppedWords(
  { reason, detail, part }: Stopped,
  { file }: OpenView,
  { bytes: ownBytes, isMaker }: Own,
): string {
  const where = part === undefined ? '' : ` (part ${part})`;
  if (isMaker && (reason === 'different-file' || reason === 'file-changed')) {
    return `The file has changed since this upload began${where}. What is uploaded is kept: put the original back and run this again, or begin another upload with --new.`;
  }
  switch (reason) {
    case 'different-file':
      if (ownBytes !== undefined && ownBytes !== file.sizeBytes) {
        const same = numbers.bytes(ownBytes) === numbers.bytes(file.sizeBytes);
        const words = same ? numbers.exactBytes : numbers.bytes;
        return `This is not the same file: it has ${words(ownBytes)}, the upload has ${words(file.sizeBytes)}.`;
      }
      return `This is not the same file: its bytes differ${where}.`;
    case 'file-changed':
      return `The file has changed since this upload began${where}. What is uploaded is kept; the original can go on.`;
    case 'file-unreadable':
      return `The file can no longer be read${where}: ${detail} What is uploaded is kept. Run this again to go on.`;
    case 'not-allowed':
      return 'This link lets this device watch, not upload. Ask for the link for other devices.';
    default:
      return `The server takes no parts from this device: ${detail}`;
  }
}
