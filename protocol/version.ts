/** A version of the wire. `fingerprint` is that of its schemas, as `fingerprint.test.ts` makes it. */
interface ProtocolVersion {
  version: number;
  fingerprint: string;
  reason: string;
}

const FIRST: ProtocolVersion = {
  version: 1,
  fingerprint: '66952ca6770d2adb',
  reason: 'the first one',
};

const LINKS: ProtocolVersion = {
  version: 2,
  fingerprint: '0288a3043349b78d',
  reason: 'links are made, listed, limited and taken back; devices say by which one they came',
};

const PEOPLE: ProtocolVersion = {
  version: 3,
  fingerprint: '9a1159f3113d31f3',
  reason: 'people sign in and have their uploads everywhere; a server may want its key for new uploads',
};

const NEWS: ProtocolVersion = {
  version: 4,
  fingerprint: 'bed3348f65cf97dd',
  reason: 'changes of many devices are told of together, with the speed of each',
};

const PAUSE: ProtocolVersion = {
  version: 5,
  fingerprint: 'e5964e9b534dcc2d',
  reason: 'an owner pauses an upload for all devices, and lets it go on',
};

const BACKLOG: ProtocolVersion = {
  version: 6,
  fingerprint: 'a5128b163868e731',
  reason: 'a device says what it has still to send, so that others can tell when it will be done',
};

const CROWD: ProtocolVersion = {
  version: 7,
  fingerprint: 'f025a6e9845ec939',
  reason:
    'a device takes tickets like those it wanted, is told of at once near the end, and says again what was not answered',
};

const MAIL: ProtocolVersion = {
  version: 8,
  fingerprint: 'f1a9e45d86ad612c',
  reason: 'whoever signs in may ask for an e-mail when an upload of theirs is complete',
};

const ROOM: ProtocolVersion = {
  version: 9,
  fingerprint: '6c79ee7703d2cc29',
  reason: 'a server whose disk is full says so',
};

/** Every version that there ever was, oldest first. Whoever changes a schema adds one. */
export const PROTOCOL_HISTORY: ReadonlyArray<ProtocolVersion> = [
  FIRST,
  LINKS,
  PEOPLE,
  NEWS,
  PAUSE,
  BACKLOG,
  CROWD,
  MAIL,
  ROOM,
];

/** The wire's version. A `hello` with another one is refused with `wrong-version`. */
export const PROTOCOL_VERSION = (PROTOCOL_HISTORY.at(-1) ?? FIRST).version;
