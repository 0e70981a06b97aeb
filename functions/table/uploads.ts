import type { UploadState } from '../../protocol/messages/common.ts';
import type { StoredState, UploadMeta, Uploads } from '../ports.ts';
import { liveKey, metaKey, stateKey, ttlOf } from './keys.ts';
import { liveOf } from './register.ts';
import { putShare } from './shares.ts';
import type { Item, Table } from './table.ts';

/**
 * META never changes. STATE holds where the upload is; its conditions draw this line, which is only ever walked
 * forward except for one step back, when the finish finds parts missing:
 *
 *     open ──beginFinish──▶ finishing(token, untilMs) ──endFinish──▶ finished
 *       ▲                        │         │ └─ untilMs passed: another token may take over
 *       └──────endFinish(open)───┘         └──abort──▶ aborted  (from open as well)
 */
export function makeUploads(table: Table): Uploads {
  return {
    async create(meta, shares) {
      const ttlS = ttlOf(meta.expiresAtMs);
      const { upload, createdAtMs, expiresAtMs } = meta;
      for (const share of shares) {
        const isMakers = share.role === 'owner';
        const link = { upload, name: '', isMakers, createdAtMs, expiresAtMs, limitBytes: undefined };
        if ((await putShare(table, { ...link, ...share })) === 'taken')
          throw new Error('a secret of this upload is in use already');
      }
      await table.put(
        { ...stateKey(meta.upload), state: 'open', devices: 0, ttlS },
        { expression: 'attribute_not_exists(pk)' },
      );
      await table.put({ ...liveKey(upload), ...liveOf(meta) }, { expression: 'attribute_not_exists(pk)' });
      // META comes last: an upload exists once it is there, with everything it needs.
      const isFirst = await table.put(
        { ...metaKey(meta.upload), ...meta, ttlS },
        { expression: 'attribute_not_exists(pk)' },
      );
      if (isFirst) return 'created';
      // The SDK repeats a write whose answer was lost, so what is in the way may be our own.
      const first = await table.get(metaKey(meta.upload));
      return first?.s3UploadId === meta.s3UploadId ? 'created' : 'exists';
    },

    async meta(upload) {
      const item = await table.get(metaKey(upload));
      if (!item) return undefined;
      const { pk, sk, ttlS, ...meta } = item;
      return meta as unknown as UploadMeta;
    },

    async state(upload) {
      const item = await table.get(stateKey(upload));
      return item && storedStateOf(item);
    },

    async markFull(upload, stripes) {
      const now = await table.update(stateKey(upload), {
        update: 'ADD fullStripes :stripes',
        values: { ':stripes': new Set(stripes) },
      });
      return (now?.fullStripes as Set<number> | undefined) ?? new Set();
    },

    async unmarkFull(upload, stripes) {
      await table.update(stateKey(upload), {
        update: 'DELETE fullStripes :stripes',
        values: { ':stripes': new Set(stripes) },
      });
    },

    async beginFinish(upload, token, untilMs, nowMs) {
      const isOpen = '#state = :open';
      const hasRunOut = '(#state = :finishing AND untilMs <= :now)';
      // Ours already: the write is a repeated one, its first answer was lost.
      const isOurs = '(#state = :finishing AND finishToken = :token)';
      const begun = await table.update(stateKey(upload), {
        // Every part is in: there is nothing left to pause.
        update: 'SET #state = :finishing, finishToken = :token, untilMs = :until REMOVE pausedAtMs',
        condition: `${isOpen} OR ${hasRunOut} OR ${isOurs}`,
        names: { '#state': 'state' },
        values: {
          ':open': 'open',
          ':finishing': 'finishing',
          ':token': token,
          ':until': untilMs,
          ':now': nowMs,
        },
      });
      return begun !== undefined;
    },

    async renewFinish(upload, token, untilMs) {
      const renewed = await table.update(stateKey(upload), {
        update: 'SET untilMs = :until',
        condition: '#state = :finishing AND finishToken = :token',
        names: { '#state': 'state' },
        values: { ':finishing': 'finishing', ':token': token, ':until': untilMs },
      });
      return renewed !== undefined;
    },

    async endFinish(upload, token, state) {
      const values: Record<string, unknown> = {
        ':finishing': 'finishing',
        ':token': token,
        ':next': state.state,
      };
      let update = 'SET #state = :next';
      if (state.state === 'finished') {
        update += ', finishedAtMs = :at, sha256 = :sha256';
        values[':at'] = state.finishedAtMs;
        values[':sha256'] = state.sha256;
      } else if (state.state === 'aborted') {
        update += ', abortedAtMs = :at';
        values[':at'] = state.abortedAtMs;
      }
      const ended = await table.update(stateKey(upload), {
        update,
        // `:next` already under our token: the write is a repeated one, its first answer was lost.
        condition: '(#state = :finishing OR #state = :next) AND finishToken = :token',
        names: { '#state': 'state' },
        values,
      });
      return ended !== undefined;
    },

    async setPaused(upload, pausedAtMs) {
      const isPause = pausedAtMs !== undefined;
      const now = await table.update(stateKey(upload), {
        // Paused twice, it is paused since the first time.
        update: isPause ? 'SET pausedAtMs = if_not_exists(pausedAtMs, :at)' : 'REMOVE pausedAtMs',
        condition: '#state = :open',
        names: { '#state': 'state' },
        values: { ':open': 'open', ...(isPause ? { ':at': pausedAtMs } : {}) },
      });
      return now !== undefined;
    },

    async abort(upload, nowMs) {
      const aborted = await table.update(stateKey(upload), {
        // Without its token a finisher that is still at it has nothing more to say.
        update: 'SET #state = :aborted, abortedAtMs = :now REMOVE finishToken',
        condition: '#state = :open OR #state = :finishing',
        names: { '#state': 'state' },
        values: { ':aborted': 'aborted', ':now': nowMs, ':open': 'open', ':finishing': 'finishing' },
      });
      return aborted !== undefined;
    },
  };
}

interface StateItem {
  state: UploadState['state'];
  fullStripes?: Set<number>;
  devices?: number;
  untilMs?: number;
  finishedAtMs?: number;
  sha256?: string;
  abortedAtMs?: number;
  pausedAtMs?: number;
}

function storedStateOf(item: Item): StoredState {
  const stored = item as unknown as StateItem;
  const { fullStripes = new Set(), devices = 0 } = stored;
  return { state: uploadStateOf(stored), fullStripes, devices };
}

function uploadStateOf(item: StateItem): UploadState {
  switch (item.state) {
    case 'open':
      return item.pausedAtMs === undefined
        ? { state: 'open' }
        : { state: 'open', pausedAtMs: item.pausedAtMs };
    case 'finishing':
      return { state: 'finishing', untilMs: item.untilMs ?? 0 };
    case 'finished':
      return { state: 'finished', finishedAtMs: item.finishedAtMs ?? 0, sha256: item.sha256 ?? '' };
    case 'aborted':
      return { state: 'aborted', abortedAtMs: item.abortedAtMs ?? 0 };
  }
}
