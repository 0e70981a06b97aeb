import { geometryOf } from '../../protocol/board/geometry.ts';
import type { Ports, StoredState, UploadMeta } from '../ports.ts';

/**
 * Starts a finish if it is due: all stripes are full and nobody is at it, or a finisher's time has run out. Called
 * wherever somebody looks at the upload, so a finisher that died is followed by another.
 */
export async function electIfDue(ports: Ports, meta: UploadMeta, known?: StoredState): Promise<void> {
  const stored = known ?? (await ports.uploads.state(meta.upload));
  if (stored && isDue(stored, geometryOf(meta.sizeBytes).stripes, ports.clock.nowMs())) {
    await ports.finisher.start(meta.upload);
  }
}

function isDue({ state, fullStripes }: StoredState, stripes: number, nowMs: number): boolean {
  if (state.state === 'open') return fullStripes.size >= stripes;
  // Whatever the set says: the one who died may have been taking stripes out of it.
  return state.state === 'finishing' && state.untilMs <= nowMs;
}
