import type { Clock } from '../engine/ports.ts';

const STEPS = 3;
/** Three of them are through when the next figures come. */
const STEP_MS = 80;
/** Of a bar as wide as a screen less than this is a pixel or two: nobody sees in how many steps it came. */
const SEEN = 0.002;

/**
 * Shows a share (0 to 1) on its way from where it is to where it is told to go, in a few steps; the answer ends that way.
 * The browser's own transition has it make 60 frames a second for as long as anything moves, however few of them
 * differ, and an upload moves for hours: that took as much of the machine as all else that is drawn.
 * `isStill`: whether the person wants nothing to move.
 */
export function makeSteps(
  start: number,
  after: Clock['after'],
  show: (share: number) => void,
  isStill: () => boolean,
): (target: number) => () => void {
  let shown = start;
  return (target) => {
    let cancel = () => {};
    const step = (left: number) => {
      shown += (target - shown) / left;
      show(shown);
      if (left > 1) cancel = after(STEP_MS, () => step(left - 1));
    };
    step(isStill() || Math.abs(target - shown) < SEEN ? 1 : STEPS);
    return () => cancel();
  };
}
