import type { Connection } from '../engine/connection.ts';
import type { Upload, UploadView } from '../engine/upload.ts';
import { nodeClock } from './clock.ts';
import { endingOf, type Own } from './ending.ts';
import { type Ending, EXIT } from './exit-codes.ts';
import type { Moment } from './report.ts';

/** Speeds fade without any event. */
const LOOK_EVERY_MS = 200;

export interface Waits {
  own: Own;
  giveUpMs: number | undefined;
}

/** Tells each moment, until there is nothing more to do here or `interrupted`. */
export function untilEnd(
  upload: Pick<Upload, 'view' | 'onChange'>,
  connection: Pick<Connection, 'status'>,
  tell: (moment: Moment) => void,
  { own, giveUpMs }: Waits,
  interrupted: Promise<Ending>,
): Promise<Ending> {
  return new Promise((resolve) => {
    let heardMs = nodeClock.nowMs();
    const look = () => {
      const nowMs = nodeClock.nowMs();
      const [view, status] = [upload.view(), connection.status()];
      tell({ view, status, nowMs });
      if (status.state === 'online') heardMs = nowMs;
      const ending =
        endingOf(view, status, own) ??
        (giveUpMs !== undefined && nowMs - heardMs >= giveUpMs
          ? { code: EXIT.gaveUp, text: 'Gave up: the server cannot be reached. What is uploaded is kept.' }
          : undefined);
      if (ending) end(ending);
    };
    const end = (ending: Ending) => {
      clearInterval(timer);
      stop();
      resolve(ending);
    };
    const stop = upload.onChange(look);
    const timer = setInterval(look, LOOK_EVERY_MS);
    void interrupted.then(end);
  });
}

/** Whether this device has shown, in this run, that its file is the upload's. */
export function isShown(view: UploadView): boolean {
  if (view.state !== 'open') return false;
  const state = view.carrier?.state ?? '';
  return ['carrying', 'limited', 'retrying', 'store-full', 'nothing-free'].includes(state);
}
