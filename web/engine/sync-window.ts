/** What decides for how long a report may wait for others to go with it. */
export interface Tempo {
  /** Parts a second that this device carries. */
  ownPartsPerS: number;
  /** The same of all devices together. */
  boardPartsPerS: number;
  /** Tickets that anybody may claim now, */
  freeParts: number;
  /** … and those whose hashes are still to be published. */
  unknownParts: number;
  doneParts: number;
  /** Devices that carry, this one included. */
  carriers: number;
}

/** With the way there, a part that was stored is on everybody's board half a second later. */
const FRESH_MS = 350;
/** A board on which more than this moves shows that it is alive whether or not each part is told of at once. */
const BUSY_PARTS_PER_S = 4;
/** There a message is to carry so many: it costs some 5 millionths of a dollar, as a PUT does. */
const GATHERED_PARTS = 8;
const LONGEST_MS = 3_000;
/** Near the end everybody has to know what is left: no longer than this share of the time that the rest takes. */
const SHARE_OF_REST = 0.3;
const SHORTEST_MS = 100;
/** From so many on it is a crowd, most of which waits for its first ticket while the owner hashes. */
export const CROWD = 7;

/** How long to gather what there is to say, from the first of it. Pure. */
export function gatherMs(tempo: Tempo): number {
  const { ownPartsPerS, boardPartsPerS, freeParts, carriers } = tempo;
  if (carriers >= CROWD && isBeginning(tempo)) return SHORTEST_MS;
  const isBusy = boardPartsPerS > BUSY_PARTS_PER_S && ownPartsPerS > 0;
  const forCountMs = isBusy ? ((GATHERED_PARTS - 1) * 1_000) / ownPartsPerS : FRESH_MS;
  // With nothing free somebody is waiting already, at whatever speed. A device that is alone keeps nobody waiting: when it
  // runs out of tickets, and with its last part, it reports at once.
  const restMs = freeParts > 0 ? (freeParts * 1_000) / boardPartsPerS : 0;
  const nearEndMs = carriers > 1 ? restMs * SHARE_OF_REST : Number.POSITIVE_INFINITY;
  const wantedMs = Math.min(Math.max(FRESH_MS, forCountMs), LONGEST_MS, nearEndMs);
  return Math.max(SHORTEST_MS, wantedMs);
}

/** With less than this left, what others do not know yet is what they will ask for in vain. */
const NEAR_END_S = 5;

/** Whether the others are to hear of a sync at once: as long as not everybody has had a part to carry, and near the end. */
export function isHurried(tempo: Tempo): boolean {
  const { boardPartsPerS, freeParts, unknownParts } = tempo;
  return isBeginning(tempo) || (unknownParts === 0 && freeParts < boardPartsPerS * NEAR_END_S);
}

function isBeginning({ doneParts, carriers }: Tempo): boolean {
  return doneParts < carriers;
}

/** A sync takes as long as this: tickets for that time have to be in hand when it leaves. */
const ROUND_TRIP_S = 0.25;

/** A line as fast as its hashes is always short of tickets: a message for each few would cost what the hashes need. */
const MOST_NEEDED = 3;

/** Whether tickets are so few that asking for more cannot wait. `idle`: how many more puts could be in flight. */
export function isRunningOut(hand: number, idle: number, ownPartsPerS: number): boolean {
  return idle > 0 || hand < Math.min(MOST_NEEDED, Math.round(ownPartsPerS * ROUND_TRIP_S));
}
