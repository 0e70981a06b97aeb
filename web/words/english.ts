import type { Role } from '../../protocol/messages/common.ts';
import type { ErrorKind } from '../../protocol/messages/error.ts';
import type { Numbers } from './numbers.ts';

/**
 * Every sentence that the page says. `Words` is the type of this file: a language that lacks one of them, or words one
 * with other facts, does not compile.
 */
export type Words = ReturnType<typeof english>;

export function english(n: Numbers) {
  const storeFull =
    'The disk of the server is full. What is uploaded is kept, and it goes on by itself once somebody has made room there.';
  const parts = (count: number) => `${n.count(count)} ${count === 1 ? 'part' : 'parts'}`;
  const files = (count: number) => `${n.count(count)} ${count === 1 ? 'file' : 'files'}`;
  const quoted = (name: string) => `“${name}”`;
  const errors: Record<ErrorKind, string> = {
    malformed: 'The server did not understand this page. What is uploaded is kept. Reload the page.',
    'too-long': 'The server did not understand this page. What is uploaded is kept. Reload the page.',
    'unknown-type': 'The server does not know this request. What is uploaded is kept. Reload the page.',
    'wrong-version': 'Reload it to go on. What is uploaded is kept.',
    'hello-first': 'The connection began in the wrong order. What is uploaded is kept. Reload the page.',
    'hello-twice': 'The connection began in the wrong order. What is uploaded is kept. Reload the page.',
    'bad-size':
      'The file is larger than S3 can hold in one object (48.8 TiB). Nothing was uploaded. Split it first.',
    'not-admitted':
      'The link is not valid, or not any more: the upload may have been deleted, or the link was cut off. Ask for a new one.',
    'not-joined': 'This device has lost its place on the board. What is uploaded is kept. Reload the page.',
    'not-allowed': 'This link does not allow that. Nothing was changed. Ask the owner for another link.',
    'not-proven':
      'This device has to show again that it has the file. What is uploaded is kept; it does so by itself.',
    'not-ready': 'The upload is just being made. Try again in a moment.',
    'part-out-of-range': 'The file has no such part. What is uploaded is kept. Reload the page.',
    'too-many-stripes': 'That was too much at once. What is uploaded is kept; it goes on by itself.',
    'hash-contradicts': 'The file is not as it was. What is uploaded is kept. Choose the original file.',
    'different-file': 'This is not the same file. Nothing of it was uploaded. Choose the original.',
    'upload-ended': 'This upload is over: complete, or ended by its owner.',
    'not-finished': 'The file is not complete yet. Try again when all its parts are in.',
    'no-such-link': 'That link is no longer there. Nothing was changed. Look at the list again.',
    'link-is-makers': 'This is your own link: it cannot be taken back. Nothing was changed.',
    'too-many':
      'That is more than there can be at once. Nothing was changed. Take a link back, or try later.',
    'too-fast': 'That was too much at once. What is uploaded is kept; it goes on by itself.',
    'sign-in-first':
      'This server takes new uploads only from people it knows. Sign in, or open the address with the key that it shows when it starts (its QR code). A link that you were given works without.',
    'bad-token': 'Your sign-in has run out or is not valid here. What is uploaded is kept. Sign in again.',
    'device-stopped':
      'This device reported parts that the store does not have, so it takes no more part in this upload. The upload goes on without it.',
    busy: 'The server has too much to do just now. What is uploaded is kept; it goes on by itself.',
    'store-full': storeFull,
    unavailable: 'The server is not ready just now. What is uploaded is kept; it goes on by itself.',
    internal:
      'Something broke on the server. What is uploaded is kept. Try again; if it stays, tell whoever runs it.',
  };
  return {
    product: 'Tributary',
    what: 'Upload one big file from several devices at once: each carries parts of it over its own connection.',
    language: 'Language',
    skipToMain: 'Skip to the content',

    // Starting
    chooseFile: 'Choose a file',
    chooseFolder: 'Choose a folder',
    orSeveral: 'or several',
    dropHint: 'Drop files or folders anywhere on this page, or paste them.',
    tapHint: 'The upload starts at once, and you get a link for your other devices.',
    dropNow: 'Drop it to begin',
    dropToHelp: 'Drop the file to help',
    dropBeside: 'Drop it to upload it as well',
    noFile: 'There was no file in that.',
    emptyFolder: 'There are no files in that folder.',
    queued: (count: number) => `${files(count)} taken. They go one after the other, each with its own link.`,
    queuedBeside: (count: number) =>
      `${files(count)} taken to upload as well: see the list at the start. What is under way goes first.`,
    sharedIn: (count: number) => `${files(count)} came from another app.`,
    oneFileToHelp: (name: string) => `One file is wanted here: ${quoted(name)}. The others were not taken.`,

    // The list of uploads
    uploads: 'Your uploads',
    uploadsEmpty: 'Nothing here yet. What you upload in this browser is listed here, and goes on from here.',
    uploadsFacts: (size: string, when: string) => `${size}, ${when}`,
    summary: {
      waiting: 'waits for its turn',
      opening: 'opening',
      uploading: (share: number, speed: string, eta: string) =>
        [n.wholePercent(share), speed, eta].filter(Boolean).join(', '),
      others: (share: number) => `${n.wholePercent(share)}, goes on from other devices`,
      paused: (share: number) => `${n.wholePercent(share)}, paused: needs its file again`,
      pausedHere: (share: number) => `${n.wholePercent(share)}, paused on this device`,
      pausedForAll: (share: number) => `${n.wholePercent(share)}, paused for all devices`,
      finishing: 'all parts are in, being put together',
      finished: 'complete',
      aborted: 'ended',
      refused: 'no longer there',
      problem: (share: number) => `${n.wholePercent(share)}, needs a look`,
      offline: 'waiting for the server',
    },
    removeFromList: (name: string) => `Remove ${name} from the list`,
    startNow: 'Start now',

    // Opening and what can go wrong with it
    dismiss: 'Dismiss',
    notices: 'Notices',
    close: 'Close',
    backToStart: 'Back to start',
    opening: 'Opening…',
    openingWords: 'Asking the server for the board.',
    unreachable: 'The server cannot be reached. What is done is kept; trying again.',
    unreachableAtStart:
      'The server cannot be reached just now; trying again. You can choose a file meanwhile.',
    offline: 'This device is offline. What is done is kept; it goes on by itself once there is a network.',
    reconnected: 'Connected again.',
    brokenLink: 'The link in the address bar is not whole. Perhaps its end was cut off; ask for it again.',
    refused: {
      link: { title: 'This link does not open an upload', more: 'Nothing on this device was changed.' },
      create: { title: 'This upload cannot be made', more: 'Nothing on this device was changed.' },
      unknown: {
        title: 'This link does not open an upload',
        more: 'If it was made just now, it opens by itself in a moment.',
      },
      'taken-back': {
        title: 'This link was taken back',
        text: 'Whoever gave it to you has taken it back. Ask for another one to go on.',
        more: 'What this device has uploaded is kept.',
      },
      'run-out': {
        title: 'This link has run out',
        text: 'It was good for a limited time. Ask for another one to go on.',
        more: 'What this device has uploaded is kept.',
      },
    },
    oldPageTitle: 'This page is older than the server',
    closedTitle: 'The server has turned this page away',
    reload: 'Reload',
    unanswered: 'The server has not answered. Try again.',
    errors,

    // One upload
    progress: 'Upload progress',
    parts: 'Parts',
    roleOf: (role: Role, isOpen: boolean, isHelping: boolean): string => {
      if (role === 'owner') return 'your upload';
      if (role === 'watcher') return isOpen ? 'you are watching' : 'you were watching';
      if (isHelping) return isOpen ? 'you are helping' : 'you helped';
      return isOpen ? 'you are invited to help' : 'you were invited to help';
    },
    title: (name: string, share: number, phase: 'open' | 'finishing' | 'finished' | 'aborted'): string => {
      if (phase === 'finished') return `Complete: ${name}`;
      if (phase === 'aborted') return `Ended: ${name}`;
      return `${n.wholePercent(share)} ${name}`;
    },
    bytesDone: (done: string, all: string) => `${done} of ${all}`,
    partsDone: (done: number, all: number) => `${n.count(done)} of ${parts(all)}`,
    pausedNow: 'Paused',
    lastKnown: 'Last known state',
    timeLeft: (ms: number | undefined): string => {
      if (ms === undefined) return 'time left not known yet';
      return ms < 10_000 ? 'a few seconds left' : `about ${n.roughly(ms)} left`;
    },
    progressFull: (share: number, partsDone: string, eta: string) =>
      [n.percent(share), partsDone, eta].filter(Boolean).join(', '),
    speed: 'Speed',
    left: 'Time left',
    done: 'Done',

    // What this device does
    thisDeviceStatus: 'This device',
    status: {
      finishedOwner: 'Done: S3 has the whole file and has checked every part of it. You can close this page.',
      finished: 'Done: S3 has the whole file. You can close this page.',
      aborted: 'This upload was ended by its owner. Nothing of it is kept.',
      finishing: 'All parts are in. S3 is putting the file together…',
      watching: 'You are watching. This link does not let this device upload.',
      justWatching: 'You are watching. You can still help whenever you like.',
      ownerWithoutFile: 'This device is not uploading: it needs the file again.',
      helperWithoutFile: 'This device is not uploading yet: it needs the file.',
      waitsForTurn: 'Waits for its turn: the file before it has the line.',
      proving: 'Checking that this is the same file…',
      inOtherTab: 'Another tab of this browser is uploading this. This tab goes on if that one is closed.',
      byOtherTab: 'Another tab of this browser has this upload.',
      paused: 'Paused on this device. What is done is kept, and other devices go on.',
      pausedForAll: 'Paused for all devices by the owner. What is done is kept.',
      pausedByYou: 'You have paused this upload for all devices. What is done is kept.',
      usedUp: 'The data allowance of this device is used up. What is done is kept, and other devices go on.',
      retrying: 'Parts do not get through from this device just now; trying again. What is done is kept.',
      storeFull,
      carrying: 'This device is uploading.',
      limited: (speed: string) => `This device is uploading, and keeps to your limit of ${speed}.`,
      screenKept: 'Keep this page open. The screen stays on while this device uploads.',
      keepOpen: 'Keep this page open, and the screen on, while this device uploads.',
      inOtherHands: 'Everything left is in other hands. This device steps in if one of them gives up.',
      awaitingHashes: 'Waiting for the device with the original: it has not checked the next parts yet.',
      ownerAway:
        'The device with the original is away. The parts that it has not checked yet wait for it to come back.',
      notAllowed:
        'This link does not let this device upload. You can go on watching, or ask for another link.',
      refused: (detail: string) =>
        `The server does not take parts from this device: ${detail} What is uploaded is kept. Reloading the page may help.`,
      fileChanged: (name: string, part: number | undefined) =>
        `${quoted(name)} has changed since this upload began: ${part === undefined ? 'some of its bytes are others' : `part ${n.count(part)} has other bytes`}. What is uploaded is kept. Choose the original file to go on.`,
      fileUnreadable: (name: string) =>
        `${quoted(name)} can no longer be read on this device: it was moved, changed or its drive is gone. What is uploaded is kept.`,
      differentSize: (name: string, theirs: string, ours: string) =>
        `This is not the same file: ${quoted(name)} has ${theirs}, the upload has ${ours}. Choose the original.`,
      differentPart: (part: number) =>
        `This is not the same file: part ${n.count(part)} differs. Choose the original.`,
      different: 'This is not the same file. Choose the original.',
      recompressed:
        'Phones often make a smaller copy of a video or photo when it is picked from the gallery: pick it from the files app instead.',
    },
    source: {
      goOn: (name: string) => `Go on with ${name}`,
      asks: (name: string) =>
        `This browser remembers where ${quoted(name)} is and needs your permission to read it again. What is uploaded is kept.`,
      forgotten: (name: string, size: string, exact: string, changed: string) =>
        `The page was loaded anew and this browser kept no way to the file. Choose ${quoted(name)} again: ${size} (${exact}), last changed ${changed}. It is checked before anything is uploaded; what is uploaded is kept.`,
      moved: (name: string) =>
        `${quoted(name)} is not where it was: it was moved, renamed or deleted, or its drive is not connected. It goes on by itself once the file can be read again; or choose it again.`,
      forbidden: (name: string) =>
        `${quoted(name)} may not be read any more: the permission was taken back. It goes on by itself once the file can be read again; or choose it again.`,
      away: (name: string) =>
        `${quoted(name)} cannot be read just now. It goes on by itself once the file can be read again; or choose it again.`,
      lost: (name: string) =>
        `${quoted(name)} was changed or moved since it was chosen. Choose it again, as it was, to go on.`,
      changed: (name: string, exact: string) =>
        `${quoted(name)} has changed: it has ${exact} now. What is uploaded is kept. Choose the file as it was to go on.`,
    },
    stopHelping: 'Stop helping',
    limits: 'Limit this device',
    limitsHint: 'For all uploads of this browser. What is left empty has no limit.',
    limitSpeed: 'Speed, at most (Mbit/s)',
    limitData: 'Data, at most in all (GB)',
    limitNone: 'no limit',
    limitSpent: (size: string) => `${size} of it are used. Another number counts from zero.`,
    pause: 'Pause this device',
    pauseShort: 'Pause',
    goOn: 'Go on',
    pauseAll: 'Pause for all devices',
    goOnAll: 'Go on for all devices',
    tellMe: 'Tell me when it is done',
    tellMeOn: 'You will get a notification when it is done.',
    tellMeOff: 'Notifications are blocked for this page; its tab says how far it is.',

    // Helping
    helpTitle: (name: string, isOwner: boolean) =>
      isOwner ? `Choose ${name} to go on` : `Can you help with ${name}?`,
    helpWithFile: 'Help with this file',
    goOnWithFile: 'Go on with this file',
    chooseHere: 'Choose this file here',
    justWatch: 'Just watch',
    helpAfterAll: 'Help after all',
    orDrop: 'or drop it anywhere on this page',
    helpFacts: (size: string, exact: string, isOwner: boolean) =>
      isOwner
        ? `A page forgets its file when it is reloaded or stops helping. Choose the same one: ${size} (${exact}). What is uploaded is kept.`
        : `This device needs the same file, byte for byte: ${size} (${exact}). It is checked before anything is uploaded.`,
    ownedBy: (device: string) => `from ${device}`,

    // The grid
    grid: (done: number, leased: number, all: number) =>
      `Parts: ${n.count(done)} of ${n.count(all)} done, ${n.count(leased)} under way`,
    legend: {
      done: 'uploaded',
      leased: 'under way',
      hedged: 'carried twice',
      free: 'waiting',
      unknown: 'not checked yet',
    },
    part: (part: number) => `Part ${n.count(part)}`,
    partBytes: (size: string, from: string) => `${size} from ${from}`,
    uploadedBy: (device: string) => `uploaded by ${device}`,
    uploadedIn: (device: string, duration: string) => `uploaded by ${device} in ${duration}`,
    underWayOn: (devices: readonly string[]) => `under way on ${n.list(devices)}`,
    partsTable: 'Show as a table',
    partsTableTitle: 'Parts as a table',
    column: { part: 'Part', bytes: 'Bytes', state: 'State', device: 'Device', took: 'Took' },
    tableMore: 'Show more',
    tableShown: (shown: number, all: number) => `${n.count(shown)} of ${parts(all)}`,
    spotlight: (device: string) => `Show only the parts of ${device}`,

    // Devices
    devices: 'Devices',
    others: 'Other devices',
    browserOn: (browser: string, system: string) => `${browser} on ${system}`,
    aDevice: 'A device',
    thisDevice: 'this device',
    online: 'online',
    offlineDevice: 'offline',
    deviceRole: (role: Role): string =>
      role === 'owner' ? 'has the original' : role === 'helper' ? 'helps' : 'watches',
    deviceIdle: 'idle',
    devicePaused: 'paused',
    deviceWithout: 'has uploaded nothing yet',
    deviceAway: 'away',
    partsCount: parts,
    shareOfWork: (share: number) => `${n.wholePercent(share)} of the work`,
    gain: (speed: string, saved: string) => `adds ${speed} and saves ${saved}`,
    gainOnly: (speed: string) => `adds ${speed}`,
    carriesAlone: 'carries it alone',
    together: (count: number) => (count === 1 ? 'one device' : `${n.count(count)} devices together`),
    leftDevices: (count: number) =>
      count === 1
        ? 'and 1 device that left without uploading anything'
        : `and ${n.count(count)} devices that left without uploading anything`,
    rename: 'Rename this device',
    renameField: 'Name of this device',
    save: 'Save',
    cancel: 'Cancel',
    chart: 'Speed over time',
    chartSummary: (duration: string, peak: string, average: string) =>
      `Over ${duration}: ${average} on average, ${peak} at most`,
    sparkline: (speed: string) => `now ${speed}`,

    // Sharing
    share: 'Bring in another device',
    shareToWatch: 'Let others watch',

    // Done
    complete: (name: string) => `${name} is complete.`,
    another: 'Upload another file',

    // Ending
    abort: 'End this upload',
    abortSure: 'End it for every device? The parts that are uploaded are deleted.',
    abortYes: 'Yes, delete it',
    abortNo: 'Keep it',
    aborting: 'Ending…',

    // What a screen reader is told
    said: {
      percent: (share: number, eta: string) =>
        [`${n.wholePercent(share)} uploaded`, eta].filter(Boolean).join(', '),
      joined: (device: string) => `${device} has joined`,
      left: (device: string) => `${device} has left`,
      helping: (device: string) => `${device} is helping`,
      lost: 'The server cannot be reached',
    },
  };
}
