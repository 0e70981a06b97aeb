import type { Geometry } from '../../protocol/board/geometry.ts';
import { partRange } from '../../protocol/board/geometry.ts';
import type { TicketView } from '../../protocol/board/replica.ts';
import type { Role } from '../../protocol/messages/common.ts';
import type { ErrorKind, ProtocolError } from '../../protocol/messages/error.ts';
import type { DeviceView } from '../engine/upload.ts';
import type { SourceView } from '../state/file-source.ts';
import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatExactBytes,
  formatPercent,
  formatSpeed,
} from './format.ts';

/** Every sentence that the page says. Pure, so that a translation is another file like this one. */

const quoted = (name: string) => `“${name}”`;
const partsWord = (count: number) => `${formatCount(count)} ${count === 1 ? 'part' : 'parts'}`;

export const words = {
  product: 'Tributary',
  what: 'Upload one big file from several devices at once: each carries parts of it over its own connection.',
  chooseFile: 'Choose a file',
  orDropHere: ', or drop it anywhere here',
  chooseFileSmall: 'The upload starts at once, and you get a link for your other devices.',
  chooseHere: 'Choose this file here',
  orDrop: 'or drop it anywhere on this page',
  dropNow: 'Drop the file to begin',
  dropToHelp: 'Drop the file to help',
  made: 'Uploads made in this browser',
  dismiss: 'Dismiss',
  notices: 'Notices',
  backToStart: 'Back to start',
  progress: 'Upload progress',
  parts: 'Parts',
  devices: 'Devices',
  others: 'Other devices',
  thisDevice: 'this device',
  thisDeviceStatus: 'This device',
  online: 'online',
  offline: 'offline',
  share: 'Bring in another device',
  shareDone: 'The link of this board',
  shareWords: 'Open this link on a device that has the same file, or a copy of it.',
  helpLink: 'Link for other devices',
  watchLink: 'Link to watch only',
  watchWords: 'Whoever has this one sees the board and cannot upload.',
  copyLink: 'Copy link',
  copyWatchLink: 'Copy the link to watch',
  copyShort: 'Copy',
  copied: 'Copied.',
  copyByHand: 'Press Ctrl+C, or hold the link to copy it.',
  secretWords: 'Whoever has this link can see the file’s name and help. Only your file’s bytes are accepted.',
  download: 'Download',
  downloading: 'Asking for the file…',
  abort: 'End this upload',
  abortSure: 'End it for every device? The parts that are uploaded are deleted.',
  abortYes: 'Yes, delete it',
  abortNo: 'Keep it',
  aborting: 'Ending…',
  stopHelping: 'Stop helping',
  reload: 'Reload',
  opening: 'Opening…',
  unreachable: 'The server cannot be reached. What is done is kept; trying again.',
  unreachableAtStart: 'The server cannot be reached just now; trying again.',
  brokenLink: 'The link in the address bar is not whole. Perhaps its end was cut off; ask for it again.',
  refusedTitle: 'This link does not open an upload',
  createRefusedTitle: 'This upload cannot be made',
  oldPageTitle: 'This page is older than the server',
  oldPage: 'Reload it to go on. What is uploaded is kept.',
  closedTitle: 'The server has turned this page away',
  watching: 'You are watching. This link does not let this device upload.',
  keepOpen: 'Keep this page open, and the screen on, while this device uploads.',
  unanswered: 'The server has not answered. Try again.',
  legend: { done: 'uploaded', leased: 'under way', free: 'waiting', unknown: 'not checked yet' },
} as const;

/** What the list of uploads says of one. */
export function madeWords(sizeBytes: number, when: string): string {
  return `${formatBytes(sizeBytes)}, ${when}`;
}

export function titleWords(
  name: string,
  share: number,
  phase: 'open' | 'finishing' | 'finished' | 'aborted',
) {
  if (phase === 'finished') return `Complete: ${name}`;
  if (phase === 'aborted') return `Ended: ${name}`;
  return `${Math.floor(share * 100)} % ${name}`;
}

export function completeWords(name: string): string {
  return `${name} is complete.`;
}

export function roleWords(role: Role, isOpen: boolean, isHelping: boolean): string {
  if (role === 'owner') return 'your upload';
  if (role === 'watcher') return isOpen ? 'you are watching' : 'you were watching';
  if (isHelping) return 'you are helping';
  return isOpen ? 'you are invited to help' : 'you were invited to help';
}

export function deviceRoleWords(role: Role): string {
  if (role === 'owner') return 'has the original';
  return role === 'helper' ? 'helps' : 'watches';
}

export function deviceSpeedWords(device: Pick<DeviceView, 'online' | 'rateBps'>): string {
  if (!device.online) return '';
  return device.rateBps > 0 ? formatSpeed(device.rateBps) : 'idle';
}

export function devicePartsWords(count: number): string {
  return partsWord(count);
}

export function leftDevicesWords(count: number): string {
  return count === 1
    ? 'and 1 device that left without uploading anything'
    : `and ${formatCount(count)} devices that left without uploading anything`;
}

export function doneWords(doneParts: number, partCount: number): string {
  return `${formatCount(doneParts)} of ${partsWord(partCount)}`;
}

export function etaWords(etaMs: number | undefined): string {
  return etaMs === undefined ? 'time left not known yet' : `${formatDuration(etaMs)} left`;
}

export function progressWords(share: number, doneParts: number, partCount: number, eta: string): string {
  return [formatPercent(share), doneWords(doneParts, partCount), eta].filter(Boolean).join(', ');
}

export function gridWords(done: number, leased: number, parts: number): string {
  return `Parts: ${done} of ${parts} done, ${leased} under way`;
}

/** The line under the grid. */
export function partWords(
  geometry: Geometry,
  part: number,
  ticket: TicketView,
  nameOf: (device: number) => string,
): string {
  const { startByte, endByte } = partRange(geometry, part);
  const where = `Part ${formatCount(part)}: ${formatBytes(endByte - startByte)} from ${formatBytes(startByte)}`;
  if (ticket.state === 'done') return `${where}, uploaded by ${nameOf(ticket.device)}`;
  if (ticket.state === 'leased') return `${where}, under way on ${ticket.devices.map(nameOf).join(' and ')}`;
  return `${where}, ${ticket.state === 'free' ? words.legend.free : words.legend.unknown}`;
}

export function helpTitle(name: string, role: Role): string {
  return role === 'owner' ? `Choose ${name} here to go on` : `Choose ${name} here to help`;
}

export function helpWords(role: Role, sizeBytes: number): string {
  const size = `${formatBytes(sizeBytes)} (${formatExactBytes(sizeBytes)})`;
  return role === 'owner'
    ? `A page forgets its file when it is reloaded or stops helping. Choose the same one: ${size}. What is uploaded is kept.`
    : `This device needs the same file, byte for byte: ${size}. It is checked before anything is uploaded.`;
}

export function goOnWords(name: string): string {
  return `Go on with ${name}`;
}

/** What is known of the file that this device had. Undefined: nothing that would help. */
export function sourceWords(source: SourceView): string | undefined {
  switch (source.state) {
    case 'asks':
      return `This browser remembers where ${quoted(source.name)} is and needs your permission to read it again. What is uploaded is kept.`;
    case 'forgotten':
      return `The page was loaded anew and this browser kept no way to the file. Choose ${quoted(source.name)} again: ${formatBytes(source.sizeBytes)} (${formatExactBytes(source.sizeBytes)}), last changed ${formatDateTime(source.modifiedAtMs)}. It is checked before anything is uploaded; what is uploaded is kept.`;
    case 'away':
      return `${quoted(source.name)} ${AWAY[source.reason] ?? 'cannot be read just now'}. It goes on by itself once the file can be read again; or choose it again.`;
    case 'changed':
      return `${quoted(source.name)} has changed: it has ${formatExactBytes(source.sizeBytes)} now. What is uploaded is kept. Choose the file as it was to go on.`;
    default:
      return undefined;
  }
}

/** By the name of the browser's error. */
const AWAY: Partial<Record<string, string>> = {
  NotFoundError: 'is not where it was: it was moved, renamed or deleted, or its drive is not connected',
  NotAllowedError: 'may not be read any more: the permission was taken back',
};

export const RECOMPRESSED =
  'Phones often make a smaller copy of a video or photo when it is picked from the gallery: pick it from the files app instead.';

/** Why a file that was chosen here is not the upload's. */
export function differentFileWords(
  chosen: { name: string; sizeBytes: number } | undefined,
  sizeBytes: number,
  part: number | undefined,
): string {
  if (chosen && chosen.sizeBytes !== sizeBytes) {
    const [theirs, ours] =
      formatBytes(chosen.sizeBytes) === formatBytes(sizeBytes)
        ? [formatExactBytes(chosen.sizeBytes), formatExactBytes(sizeBytes)]
        : [formatBytes(chosen.sizeBytes), formatBytes(sizeBytes)];
    return `This is not the same file: ${quoted(chosen.name)} has ${theirs}, the upload has ${ours}.`;
  }
  if (part !== undefined) return `This is not the same file: part ${formatCount(part)} differs.`;
  return 'This is not the same file.';
}

export function fileChangedWords(name: string, part: number | undefined): string {
  const where =
    part === undefined ? 'some of its bytes are others' : `part ${formatCount(part)} has other bytes`;
  return `${quoted(name)} has changed since this upload began: ${where}. What is uploaded is kept. Choose the original file to go on.`;
}

export function fileUnreadableWords(name: string): string {
  return `${quoted(name)} can no longer be read on this device: it was moved, changed or its drive is gone. What is uploaded is kept. Choose it again to go on.`;
}

export function tookFirstWords(name: string, others: number): string {
  const rest = others === 1 ? 'the other one was' : `the other ${formatCount(others)} were`;
  return `One file at a time for now: ${quoted(name)} was taken, ${rest} not.`;
}

export const FOLDER =
  'A folder cannot be uploaded yet, only one file at a time. Drop a single file, or pack the folder into an archive.';
export const NO_FILE = 'There was no file in what was dropped.';
export const NOT_NOW = 'This upload takes no other file. Go back to the start to upload another one.';

export function refusedWords(error: ProtocolError): string {
  return REFUSED[error.kind] ?? error.message;
}

const REFUSED: Partial<Record<ErrorKind, string>> = {
  'not-admitted':
    'The link is not valid, or not any more: the upload may have been deleted, or the link was cut off. Ask for a new one.',
  'bad-size': 'The file is larger than S3 can hold in one object (48.8 TiB).',
};

export function qrWords(name: string): string {
  return `QR code of the link for other devices to help with ${name}`;
}

export function lanWords(origin: string): string {
  return `This page’s own address works on this device only, so these links lead to ${origin}, for devices on the same network.`;
}
