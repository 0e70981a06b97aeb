/** Which part of the grid is meant. Each takes the part under the pointer, if there is one, and answers the one meant. */
export interface Pointing {
  move(part: number | undefined, pointerType: string): number | undefined;
  press(part: number | undefined, pointerType: string): number | undefined;
  leave(pointerType: string): number | undefined;
}

/** A mouse means what it is over. A finger that was lifted still means the part it touched, until it taps it again. */
export function makePointing(): Pointing {
  let meant: number | undefined;
  /** Tapped once more: a finger that trembles there does not mean it anew. */
  let putDown: number | undefined;
  return {
    move(part) {
      if (part === undefined || part !== putDown) {
        putDown = undefined;
        meant = part;
      }
      return meant;
    },
    press(part, pointerType) {
      const isAgain = pointerType !== 'mouse' && part !== undefined && part === meant;
      putDown = isAgain ? part : undefined;
      meant = isAgain ? undefined : part;
      return meant;
    },
    leave(pointerType) {
      putDown = undefined;
      if (pointerType === 'mouse') meant = undefined;
      return meant;
    },
  };
}
