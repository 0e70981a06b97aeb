import { dismiss } from '../broadcast.ts';
import { errorTrace } from '../observing/error-trace.ts';
import type { LiveUpload, Ports } from '../ports.ts';
import { type Look, lookAt } from './look-at.ts';

/** What one run may take. What is left over is the next one's. */
export interface Budget {
  maxUploads: number;
  /** Nothing is begun after that. */
  untilMs: number;
}

/** What a run did. */
export type Swept = Record<Look | 'forgotten' | 'dismissed' | 'failed', number> & { isThrough: boolean };

/** Uploads read at once; the mark moves on with each such page, so a run that dies is repeated from there. */
const PAGE = 25;

/**
 * Looks after what nobody is looking at: uploads that were abandoned, finishers that died, connections whose
 * `$disconnect` got lost, boards whose time is over. Every step may be repeated, and any run may die anywhere: the next
 * one goes on from the mark, and after the last upload begins anew.
 */
export async function sweep(ports: Ports, budget: Budget): Promise<Swept> {
  const swept: Swept = {
    alive: 0,
    elected: 0,
    ended: 0,
    settled: 0,
    forgotten: 0,
    dismissed: 0,
    failed: 0,
    isThrough: false,
  };
  const hasTime = () => ports.clock.nowMs() < budget.untilMs;
  const attempt = async (upload: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      // One upload's trouble is not to be everybody's.
      swept.failed++;
      ports.log({ kind: 'sweep-failed', upload, ...errorTrace(error) });
    }
  };

  for (const { upload, forgetAtMs } of await ports.register.due(ports.clock.nowMs(), PAGE)) {
    if (!hasTime()) break;
    await attempt(upload, async () => {
      await ports.register.forget(upload, forgetAtMs);
      swept.forgotten++;
    });
  }

  const sweepOne = async (live: LiveUpload) => {
    const look = await lookAt(ports, live);
    swept[look]++;
    if (look === 'alive' || look === 'elected') swept.dismissed += await dismissGone(ports, live.upload);
  };
  let mark = await ports.register.mark();
  for (let looked = 0; looked < budget.maxUploads && hasTime(); ) {
    const page = await ports.register.live(mark, Math.min(PAGE, budget.maxUploads - looked));
    for (const live of page) {
      if (!hasTime()) break;
      await attempt(live.upload, () => sweepOne(live));
      mark = live.upload;
      looked++;
    }
    if (page.length === 0) mark = undefined;
    await ports.register.setMark(mark);
    if (mark !== undefined) continue;
    swept.isThrough = true;
    break;
  }
  ports.log({ kind: 'swept', ...swept });
  return swept;
}

/** API Gateway's `$disconnect` is best-effort: who has gone without one is there for the others until somebody looks. */
async function dismissGone(ports: Ports, upload: string): Promise<number> {
  let dismissed = 0;
  for (const member of await ports.members.members(upload)) {
    if (await ports.sockets.isThere(member.connection)) continue;
    await dismiss(ports, member);
    await ports.members.forget(member.connection);
    dismissed++;
  }
  return dismissed;
}
