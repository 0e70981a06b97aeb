/** API Gateway meters messages per 32 KB and closes a socket on a longer frame; ours never are. */
export const MAX_FRAME_BYTES = 32_768;
/** A file name as most file systems bound it (255 bytes), in UTF-16 units. */
export const MAX_NAME_LENGTH = 255;
/** A media type: RFC 6838 allows 127 on each side of the slash. */
export const MAX_TYPE_LENGTH = 255;
export const MAX_DEVICE_NAME_LENGTH = 64;
/** A link's name, for its owner's eyes: "kitchen tablet". */
export const MAX_LINK_NAME_LENGTH = 64;
/** Long enough to be typed over; a shorter one would be over before it is opened. */
export const MIN_LINK_LIFE_MS = 60_000;
/** Longer than any upload lives: its own end comes first. */
export const MAX_LINK_LIFE_MS = 366 * 86_400_000;
/** Links of one upload that are good at the same time. A list of as many, with the longest names, fits a frame. */
export const MAX_LIVE_LINKS = 40;
/** An ID token with many claims is some 2 KB. */
export const MAX_TOKEN_LENGTH = 8_192;
/** Each is a read and two writes. */
export const MAX_ADOPTED_AT_ONCE = 20;
/** Parts that one `sync` may name in each of its lists: a stripe's worth. */
export const MAX_PARTS_PER_LIST = 64;
/** Stripes that one `sync` may touch: each is a read and a write. A steady device touches one. */
export const MAX_STRIPES_PER_SYNC = 8;
/** Tickets granted in one answer, so that it fits a frame (a ticket takes some 200 bytes). */
export const MAX_GRANTED = 64;
/** Parts that a device proves to have before it may help. */
export const CHALLENGE_PARTS = 3;

/** What one may take of a server that others use too. Over it, the answer is a refusal that says when to come back. */
export interface Limits {
  uploadsPerHour: number;
  connectionsPerMinute: number;
  connectionsAtOnce: number;
  messagesPerS: number;
  messagesAtOnce: number;
  devicesPerUpload: number;
  devicesKeptForOwners: number;
  connectionsPerUpload: number;
  connectionsPerDevice: number;
  ticketsPerDevice: number;
  liesPerLink: number;
  passphrasesPerName: number;
  passphrasesPerSource: number;
}

export const LIMITS: Limits = {
  /** Of one owner, or of one source where nobody has signed in. A folder of files is hundreds, never thousands. */
  uploadsPerHour: 1_000,
  /** From one source. Two hundred devices behind one router that all come back at once, three times over. */
  connectionsPerMinute: 600,
  /**
   * From one source to one machine: each holds a file descriptor, of which a process has some thousands. API Gateway has
   * no such bound to keep: there it is what comes in a minute, and none lives longer than 2 h.
   */
  connectionsAtOnce: 1_000,
  /** Of one connection, in the long run. A device at work says some 4 a second; a gigabit line makes that 30. */
  messagesPerS: 100,
  /** In one go: giving back a board of 10,000 tickets takes 160. */
  messagesAtOnce: 1_000,
  /** Every device that ever came has a row in the snapshot: more would not fit a few frames. */
  devicesPerUpload: 1_000,
  /** Beyond those, for owners alone: however many came by links, an owner's next device finds room. */
  devicesKeptForOwners: 100,
  /** Every change is sent to each of them. Owners are counted apart, so that nobody else takes their places. */
  connectionsPerUpload: 400,
  /** One, and those that the network has not given up yet. */
  connectionsPerDevice: 8,
  /** [C5] A device holds 32 and what is in flight. The rest is for leases that it has just let go. */
  ticketsPerDevice: 128,
  /** Devices that came by one link and reported what they had not sent: then it is taken back. */
  liesPerLink: 3,
  /** Tried in a minute, where people sign in at this server itself. Nobody mistypes one as often. */
  passphrasesPerName: 10,
  /** Of all names, from one source: each takes some 60 ms of the one processor that all uploads share. */
  passphrasesPerSource: 60,
};
