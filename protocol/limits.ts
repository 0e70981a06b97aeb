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
/** Parts that one `sync` may name in each of its lists: a stripe's worth. */
export const MAX_PARTS_PER_LIST = 64;
/** Stripes that one `sync` may touch: each is a read and a write. A steady device touches one. */
export const MAX_STRIPES_PER_SYNC = 8;
/** Tickets granted in one answer, so that it fits a frame (a ticket takes some 200 bytes). */
export const MAX_GRANTED = 64;
/** Parts that a device proves to have before it may help. */
export const CHALLENGE_PARTS = 3;
