/** Randomness that a seed determines. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** Whole, from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  between(min: number, max: number): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** Another source, so that what one part of a world draws does not change what another does. */
  fork(): Random;
}

/** mulberry32: 32 bits of state are plenty for a simulation. */
export function makeRandom(seed: number): Random {
  let state = (seed ^ 0x9e37_79b9) >>> 0;
  const next = () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const random: Random = {
    next,
    whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    between: (min, max) => min + next() * (max - min),
    happens: (probability) => probability > 0 && next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    fork: () => makeRandom(Math.floor(next() * 4_294_967_296)),
  };
  return random;
}
