import { MIN_PART_BYTES } from '../../../protocol/board/geometry.ts';
import type { CarrierState } from '../carrier-state.ts';
import { makeUpload } from '../upload.ts';
import { deviceOn } from './device.ts';
import { makeRulesServer, SECRETS } from './rules-server.ts';
import { makeVirtualClock } from './virtual-clock.ts';
import { makeVirtualFile, type VirtualFileOptions } from './virtual-file.ts';

export const MINUTE_MS = 60_000;

/** A laptop that creates an upload of so many parts, and others that help. */
export function begun(parts: number, options: Omit<VirtualFileOptions, 'sizeBytes'> = {}) {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  const sizeBytes = parts * MIN_PART_BYTES;

  const device = (
    name: string,
    putMs = options.putMs ?? 1_000,
    requests: { atMost?: number; connections?: number } = {},
  ) => {
    const file = makeVirtualFile(clock, { sizeBytes, ...options, putMs });
    const info = { name: file.name, sizeBytes, type: '' };
    const engine = { ...deviceOn(clock, server, name), atMost: 4, ...requests };
    const isFirst = name === 'laptop';
    const upload = makeUpload(
      engine,
      isFirst ? { kind: 'create', file: info, secrets: SECRETS } : { kind: 'join', secret: SECRETS.help },
      file,
    );
    const states: CarrierState[] = [];
    upload.onChange(() => {
      const state = carrier();
      if (state && state.state !== states.at(-1)?.state) states.push(state);
    });
    const carrier = () => {
      const view = upload.view();
      return view.state === 'open' ? view.carrier : undefined;
    };
    const isFinished = () => upload.board()?.state.state === 'finished';
    return { file, upload, carrier, states, isFinished, engine };
  };

  /** Parts that somebody holds, by the board. */
  const leased = () => server.stripe(0).leases.filter(({ parts }) => parts !== 0n);
  return { clock, server, device, leased };
}
