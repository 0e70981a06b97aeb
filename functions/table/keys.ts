/**
 * The one table. Only a portable subset of DynamoDB is used (conditional put and update, consistent get and query; no
 * transactions, secondary indexes or streams), so that every engine that speaks the API can stand in.
 */
export const TABLE_SCHEMA = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds, as DynamoDB's TTL wants them. TTL deletes within days: expiry is checked in code too. */
  ttlAttribute: 'ttlS',
} as const;

export interface Key {
  pk: string;
  sk: string;
}

export const UPLOAD_PARTITION = 'U#';
const uploadPk = (upload: string) => `${UPLOAD_PARTITION}${upload}`;
const stripeNumber = (s: number) => String(s).padStart(3, '0');

export const STRIPE_PREFIX = 'S#';
export const MANIFEST_PREFIX = 'M#';
export const MEMBER_PREFIX = 'C#';
export const DEVICE_PREFIX = 'D#';
export const JOINED_PREFIX = 'U#';
export const LINK_PREFIX = 'L#';
export const OWNER_PREFIX = 'O#';

export const uploadPartition = uploadPk;
export const ownerPartition = (subject: string) => `O#${subject}`;
export const connectionPartition = (connection: string) => `C#${connection}`;

export const metaKey = (upload: string): Key => ({ pk: uploadPk(upload), sk: 'META' });
export const stateKey = (upload: string): Key => ({ pk: uploadPk(upload), sk: 'STATE' });
export const untoldKey = (upload: string): Key => ({ pk: uploadPk(upload), sk: 'UNTOLD' });
export const stripeKey = (upload: string, s: number): Key => ({
  pk: uploadPk(upload),
  sk: `${STRIPE_PREFIX}${stripeNumber(s)}`,
});
export const manifestKey = (upload: string, s: number): Key => ({
  pk: uploadPk(upload),
  sk: `${MANIFEST_PREFIX}${stripeNumber(s)}`,
});
export const memberKey = (upload: string, connection: string): Key => ({
  pk: uploadPk(upload),
  sk: `${MEMBER_PREFIX}${connection}`,
});
export const deviceKey = (upload: string, deviceId: string): Key => ({
  pk: uploadPk(upload),
  sk: `${DEVICE_PREFIX}${deviceId}`,
});
/** The way back for `$disconnect`. */
export const joinedKey = (connection: string, upload: string): Key => ({
  pk: connectionPartition(connection),
  sk: `${JOINED_PREFIX}${upload}`,
});
export const callerKey = (connection: string): Key => ({ pk: connectionPartition(connection), sk: 'X' });
/** What finds a link, and what is compared: 128 bits and more each. */
export const shareSecretParts = (secretHash: string): [found: string, compared: string] => [
  secretHash.slice(0, 22),
  secretHash.slice(22),
];
/** From a link's secret to the link. */
export const secretKey = (secretHash: string): Key => ({
  pk: `T#${shareSecretParts(secretHash)[0]}`,
  sk: 'T',
});
/** Whose an upload is: from the person, and from the upload. */
export const ownedKey = (subject: string, upload: string): Key => ({
  pk: ownerPartition(subject),
  sk: `${JOINED_PREFIX}${upload}`,
});
export const ownerKey = (upload: string, subject: string): Key => ({
  pk: uploadPk(upload),
  sk: `${OWNER_PREFIX}${subject}`,
});
/** Where somebody wants letters to. */
export const letterboxKey = (subject: string): Key => ({ pk: ownerPartition(subject), sk: 'LETTERBOX' });
/** By which connections somebody is here. */
export const presenceKey = (subject: string, connection: string): Key => ({
  pk: ownerPartition(subject),
  sk: `${MEMBER_PREFIX}${connection}`,
});
/** What somebody took of something in one window of time. */
export const quotaKey = (of: string, who: string, window: number): Key => ({
  pk: `R#${of}#${who}`,
  sk: String(window),
});
export const linkKey = (upload: string, share: string): Key => ({
  pk: uploadPk(upload),
  sk: `${LINK_PREFIX}${share}`,
});

/** Every upload that the sweep has to look at; ids are random, so that DynamoDB can spread them however many there are. */
export const LIVE_PARTITION = 'LIVE';
/** Uploads that have ended, by the time from which their boards may go. */
export const ENDED_PARTITION = 'ENDED';
export const liveKey = (upload: string): Key => ({ pk: LIVE_PARTITION, sk: upload });
export const endedKey = (forgetAtMs: number, upload: string): Key => ({
  pk: ENDED_PARTITION,
  sk: `${endedBefore(forgetAtMs)}#${upload}`,
});
/** Sorts before every upload that may be forgotten at this time or later. */
export const endedBefore = (forgetAtMs: number): string => String(forgetAtMs).padStart(15, '0');
/** Where the last sweep stopped. */
export const sweepMarkKey: Key = { pk: 'SWEEP', sk: 'MARK' };
export const noticeKey = (upload: string): Key => ({ pk: uploadPk(upload), sk: 'NOTICE' });
export const sentKey = (upload: string, who: string): Key => ({ pk: uploadPk(upload), sk: `N#${who}` });

/** An upload's items outlive its expiry by a week, so that whoever comes late is told what became of it. */
export const ttlOf = (expiresAtMs: number): number => Math.ceil(expiresAtMs / 1_000) + 7 * 86_400;
