import type { Hold } from '../protocol/board/hold.ts';
import type { ListedPart, Sha256 } from '../protocol/board/manifest.ts';
import type { Stripe } from '../protocol/board/stripe.ts';
import type { PartHash, Role, UploadState } from '../protocol/messages/common.ts';
import type { MailLanguage } from '../protocol/messages/sign-in.ts';

/** What is fixed when an upload is created. */
export interface UploadMeta {
  upload: string;
  /** The object's key. Made of the upload's id alone: names are hostile. */
  key: string;
  s3UploadId: string;
  sizeBytes: number;
  partBytes: number;
  name: string;
  type: string;
  createdAtMs: number;
  expiresAtMs: number;
}

/** A link: what it admits to, until when, and how much. */
export interface Share {
  upload: string;
  /** Its name among the links of the upload. */
  share: string;
  role: Role;
  /** For the owner's eyes. */
  name: string;
  /** The one by which the upload was made: it cannot be taken back. */
  isMakers: boolean;
  createdAtMs: number;
  expiresAtMs: number;
  /** What its devices may be granted, all together. */
  limitBytes: number | undefined;
  /** What they were granted, where there is a limit. */
  usedBytes: number;
  revokedAtMs: number | undefined;
}

export interface NewShare extends Omit<Share, 'usedBytes' | 'revokedAtMs'> {
  secretHash: string;
}

/** Where an upload is, and which of its stripes were reported full. */
export interface StoredState {
  state: UploadState;
  fullStripes: ReadonlySet<number>;
  /** How many devices have ever joined. */
  devices: number;
}

/** Uploads as wholes: what they are, who may join, how far they are. Reads are consistent. */
export interface Uploads {
  /** Safe to repeat. 'exists': somebody was there first with the same id, and nothing of theirs was changed. */
  create(
    meta: UploadMeta,
    shares: ReadonlyArray<Pick<NewShare, 'secretHash' | 'share' | 'role'>>,
  ): Promise<'created' | 'exists'>;
  meta(upload: string): Promise<UploadMeta | undefined>;
  state(upload: string): Promise<StoredState | undefined>;
  /** Adds to the set of full stripes and returns the set. */
  markFull(upload: string, stripes: readonly number[]): Promise<ReadonlySet<number>>;
  unmarkFull(upload: string, stripes: readonly number[]): Promise<void>;
  /** `open`, or `finishing` whose time has run out, becomes `finishing` under `token`. Safe to repeat. */
  beginFinish(upload: string, token: string, untilMs: number, nowMs: number): Promise<boolean>;
  renewFinish(upload: string, token: string, untilMs: number): Promise<boolean>;
  /** `finishing` under `token` becomes `state`. False: the lease was lost. Safe to repeat. */
  endFinish(upload: string, token: string, state: UploadState): Promise<boolean>;
  /** An open upload is paused since then, or (undefined) no more. False: it is not open. Safe to repeat. */
  setPaused(upload: string, pausedAtMs: number | undefined): Promise<boolean>;
  /** Whatever has not finished becomes `aborted`. False: it has finished, or there is no such upload. */
  abort(upload: string, nowMs: number): Promise<boolean>;
}

/** An upload that the sweep has to look at: it is being made, or under way. */
export interface LiveUpload
  extends Pick<UploadMeta, 'upload' | 'key' | 's3UploadId' | 'createdAtMs' | 'expiresAtMs'> {}

/** Which uploads there are. Who makes one enters it; the sweep strikes it off. Reads are consistent. */
export interface Register {
  /** The next so many that have not been settled, by id. */
  live(after: string | undefined, limit: number): Promise<LiveUpload[]>;
  /** It has ended, and its board may go at that time. Safe to repeat. */
  settle(upload: string, forgetAtMs: number): Promise<void>;
  /** Some of those whose time to be forgotten has come, the earliest first. */
  due(nowMs: number, limit: number): Promise<Array<{ upload: string; forgetAtMs: number }>>;
  /** Deletes all that an upload's partition still holds, and its place here last. Safe to repeat. */
  forget(upload: string, forgetAtMs: number): Promise<void>;
  /** Where the last sweep stopped: an upload's id, or undefined at the end. */
  mark(): Promise<string | undefined>;
  setMark(upload: string | undefined): Promise<void>;
}

/** Whether the user has been told that an upload is complete. */
export interface Notices {
  /** `begun`: until then nobody else tells. `under-way`: somebody is at it. Safe to repeat under one token. */
  begin(
    upload: string,
    token: string,
    untilMs: number,
    nowMs: number,
  ): Promise<'begun' | 'under-way' | 'told'>;
  /** Told, for good. Safe to repeat. */
  end(upload: string, token: string, nowMs: number): Promise<void>;
  isTold(upload: string): Promise<boolean>;
  /** Of several who are to be told, those who have been: nobody is told again because of another. */
  isSent(upload: string, who: string): Promise<boolean>;
  noteSent(upload: string, who: string): Promise<void>;
}

export interface Letter {
  subject: string;
  text: string;
}

/** To the user who is not looking. */
export interface Mailer {
  /** To whoever asked for all letters of this server. */
  send(letter: Letter & { upload: string }): Promise<void>;
  /** To one person. Missing where this server writes to nobody. */
  sendTo?(address: string, letter: Letter): Promise<void>;
  /** Where the page shows an upload to those whose it is. Missing where that is not known. */
  linkTo?(upload: string): string;
}

/** Where somebody wants letters to, and in which language. */
export interface Letterbox {
  address: string;
  language: MailLanguage;
  /** Epoch ms. An account may be gone: nobody's address is kept for ever. */
  untilMs: number;
}

/** The links of uploads. Reads are consistent. */
export interface Shares {
  /** Safe to repeat. 'taken': the secret is in use for something else. */
  add(share: NewShare): Promise<'added' | 'taken'>;
  /** Whatever became of it: whoever asks looks at its expiry and whether it was taken back. */
  find(secretHash: string): Promise<Share | undefined>;
  get(upload: string, share: string): Promise<Share | undefined>;
  list(upload: string): Promise<Share[]>;
  /** False: there is no such link, or it is the maker's. Safe to repeat. */
  revoke(upload: string, share: string, nowMs: number): Promise<boolean>;
  /** Counts bytes, fewer than none for such as were given back. False: that would be more than the limit. */
  use(upload: string, share: string, bytes: number, limitBytes: number): Promise<boolean>;
  /** Counts a device of this link that reported what it had not sent; says how many there were by now. */
  lied(upload: string, share: string): Promise<number>;
}

/** People who have signed in: what is theirs, and where they are. Reads are consistent; all is safe to repeat. */
export interface People {
  own(subject: string, upload: string, expiresAtMs: number): Promise<void>;
  owns(subject: string, upload: string): Promise<boolean>;
  /** Takes it off the person's list. */
  disown(subject: string, upload: string): Promise<void>;
  uploadsOf(subject: string): Promise<string[]>;
  ownersOf(upload: string): Promise<string[]>;
  arrive(subject: string, connection: string, untilMs: number): Promise<void>;
  depart(subject: string, connection: string): Promise<void>;
  /** Some of them may be gone: who posts to those finds out. */
  connectionsOf(subject: string): Promise<string[]>;
  /** Undefined: they want no letters. One that has run out may still be there. */
  letterbox(subject: string): Promise<Letterbox | undefined>;
  /** Undefined takes it away. */
  setLetterbox(subject: string, box: Letterbox | undefined): Promise<void>;
}

/** Counts of what is rationed. */
export interface Quotas {
  /** Counts one; false: that would be more than `most` in this window of time. */
  take(what: { of: string; who: string; most: number; windowMs: number }): Promise<boolean>;
}

/** The board's stripes. Reads are consistent; a write is acknowledged once it is durable. */
export interface Stripes {
  load(upload: string, s: number): Promise<Stripe>;
  /** Those that somebody has touched. */
  loadAll(upload: string): Promise<Stripe[]>;
  /**
   * Compare-and-swap: stores `next` if the stored one is at `next.rev - 1`. False: it is at another; that may be
   * `next` itself, if the answer to a first try was lost.
   */
  save(upload: string, next: Stripe): Promise<boolean>;
  /**
   * Notes a change that is still to be told. 'ours': it is the caller's turn to tell all that was noted. It is whoever's
   * came first, until all is told, they resign, or their time has run out.
   */
  defer(
    upload: string,
    change: Change,
    turn: { token: string; untilMs: number; nowMs: number },
  ): Promise<'ours' | 'theirs'>;
  /** What is still to be told; undefined: it is not this one's turn, or not any more. */
  untold(upload: string, token: string): Promise<Untold | undefined>;
  /** All of this was told, and the turn is over. False: more has come since, and the turn goes on. */
  told(upload: string, token: string, untold: Untold): Promise<boolean>;
  /** Leaves what there is to whoever notes something next. */
  resign(upload: string, token: string): Promise<void>;
}

/** What a sync has changed, and the speed of its device and what that has still to send, if it said so. */
export interface Change {
  stripes: readonly number[];
  device: number;
  rateBps: number;
  backlogBytes?: number | undefined;
}

export interface Untold {
  stripes: readonly number[];
  rates: ReadonlyArray<readonly [device: number, rateBps: number]>;
  backlogs?: ReadonlyArray<readonly [device: number, backlogBytes: number]>;
  /** How many changes that are. */
  n: number;
}

/** Hashes of the parts: written once, never changed. */
export interface Manifests {
  load(upload: string, s: number): Promise<ReadonlyMap<number, Sha256>>;
  loadAll(upload: string): Promise<ReadonlyMap<number, Sha256>>;
  /** Hashes of one stripe, all or none. Repeating is fine; another hash for a known part is not. */
  publish(upload: string, s: number, hashes: readonly PartHash[]): Promise<Publication>;
}

export type Publication = { state: 'published' } | { state: 'contradicts'; part: number };

/** A connection that has said hello. */
export interface Caller {
  connection: string;
  /** Derived from the device's key; the same after a reconnect. */
  deviceId: string;
  name: string;
  /** Who has signed in here, and until when that is good. */
  subject?: string;
  subjectUntilMs?: number;
}

/** A connection that has joined an upload. */
export interface Member {
  upload: string;
  connection: string;
  device: number;
  deviceId: string;
  name: string;
  role: Role;
  /** The link that it came by, and when that ends. Neither for an owner who is one by having signed in. */
  share?: string;
  untilMs?: number;
  /** Whether that link has a limit of bytes. */
  isLimited?: boolean;
  /** Whether it is the one by which the upload was made: it cannot be taken back. */
  isMakers?: boolean;
  proven: boolean;
  /** Parts that this device was asked to prove, if it was. */
  challenge: readonly number[];
}

/** A device that has ever joined an upload. */
export interface EnrolledDevice {
  device: number;
  name: string;
  role: Role;
  share?: string;
}

/** Who is connected, and to what. Reads are consistent. */
export interface Members {
  greet(caller: Caller): Promise<void>;
  caller(connection: string): Promise<Caller | undefined>;
  /**
   * The device's number on this board; a new one when it comes for the first time. 'stopped': it was sent away for good.
   * 'full': the board has as many devices as it may have.
   */
  enrol(
    upload: string,
    deviceId: string,
    device: Omit<EnrolledDevice, 'device'>,
    most?: number,
  ): Promise<number | 'stopped' | 'full'>;
  holds(upload: string, deviceId: string): Promise<readonly Hold[]>;
  noteHolds(upload: string, deviceId: string, holds: readonly Hold[]): Promise<void>;
  /** Sends devices away for good, by their numbers. */
  stop(upload: string, devices: ReadonlySet<number>, nowMs: number): Promise<void>;
  devices(upload: string): Promise<EnrolledDevice[]>;
  admit(member: Member): Promise<void>;
  member(upload: string, connection: string): Promise<Member | undefined>;
  members(upload: string): Promise<Member[]>;
  dismiss(upload: string, connection: string): Promise<void>;
  /** Forgets the connection and says which uploads it had joined (their members are still to be dismissed). */
  forget(connection: string): Promise<string[]>;
}

export interface PartToSign {
  part: number;
  sha256: Sha256;
  sizeBytes: number;
}

/** One address for many parts: `{part}` and `{signature}` are to be filled in. */
export interface SignedParts {
  template: string;
  expiresAtMs: number;
  signatures: ReadonlyMap<number, string>;
}

export type Listing = { state: 'listed'; parts: ListedPart[] } | { state: 'no-such-upload' };

export type Completion =
  | { state: 'completed'; sha256: string }
  /** A part changed between listing and completing (a hedged duplicate landed): list again. */
  | { state: 'invalid-part' }
  /** Completed by somebody else already, or gone. */
  | { state: 'no-such-upload' };

/** The S3 bucket. */
export interface Bucket {
  create(key: string, type: string): Promise<string>;
  /**
   * Addresses that take exactly these bytes: length and SHA-256 are signed headers (I2).
   * `host`: the one by which the device reached us; matters where the store is behind the same host.
   */
  signParts(meta: UploadMeta, parts: readonly PartToSign[], host: string): Promise<SignedParts>;
  signDownload(meta: UploadMeta, host: string): Promise<{ url: string; expiresAtMs: number }>;
  listParts(meta: UploadMeta): Promise<Listing>;
  complete(meta: UploadMeta, parts: readonly ListedPart[]): Promise<Completion>;
  head(key: string): Promise<{ sizeBytes: number; sha256: string } | undefined>;
  /** Safe to repeat. */
  abort(key: string, s3UploadId: string): Promise<void>;
}

/** Frames to connections. */
export interface Sockets {
  /** 'gone': there is no such connection any more. 'failed': it was not delivered (a slow reader, say). */
  post(connection: string, frame: string): Promise<'sent' | 'gone' | 'failed'>;
  close(connection: string): Promise<void>;
  /** Whether the gateway still knows of it. */
  isThere(connection: string): Promise<boolean>;
}

/** Starts the finish, asynchronously: a socket's integration is cut at 29 s, assembling can take minutes. */
export interface Finisher {
  start(upload: string): Promise<void>;
}

export interface Clock {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

/** One line a happening; never a secret, a frame or an address with a signature. */
export type Log = (entry: { kind: string; [field: string]: unknown }) => void;

/** All that the functions need of the world. */
export interface Ports {
  uploads: Uploads;
  shares: Shares;
  quotas: Quotas;
  people: People;
  stripes: Stripes;
  manifests: Manifests;
  members: Members;
  bucket: Bucket;
  register: Register;
  notices: Notices;
  mailer: Mailer;
  sockets: Sockets;
  finisher: Finisher;
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  /** A fresh unguessable name. */
  newToken: () => string;
  log: Log;
}
