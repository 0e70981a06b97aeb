import { AsyncLocalStorage } from 'node:async_hooks';
import { FINISH_MEMORY_MB, SOCKET_MEMORY_MB } from '../../../functions/lambda-memory.ts';
import { billFor } from '../../../functions/metering/bill.ts';
import { type Meter, makeMeter } from '../../../functions/metering/meter.ts';
import { NO_USAGE, sumUsage, type Usage } from '../../../functions/metering/usage.ts';
import type { Log, Sockets } from '../../../functions/ports.ts';
import { UPLOAD_PARTITION } from '../../../functions/table/keys.ts';
import { geometryOf } from '../../../protocol/board/geometry.ts';
import type { SocketHandler } from '../gateway/integration.ts';
import type { LambdaFunction } from '../lambda/lambda.ts';

/**
 * What every upload would cost on AWS, counted while this machine does the work. What is counted during a call of a
 * function belongs to the upload that the call turns out to be about, by the first of its items that is touched:
 *
 *     frame in ─▶ handler ─▶ table, bucket, posts ─▶ frame out     all of it to upload U, once U#… was touched
 */
export interface Ledger {
  /** For the table and the bucket: counts for the call that is under way. */
  meter: Meter;
  sockets(sockets: Sockets): Sockets;
  socketHandler(handler: SocketHandler): SocketHandler;
  finishHandler(handler: LambdaFunction): LambdaFunction;
  /** A request of a device to the store, by its method and path. */
  storeRequest(method: string, url: string): void;
  /** Listens for the end of uploads and adds a line of its own: what the upload has cost until then. */
  log: Log;
}

/** How an upload ended, as its log entry tells. */
interface Ending {
  upload: string;
  end: string;
  /** Of an upload that finished. */
  sizeBytes: number | undefined;
}

/** One call of a function. */
interface Call {
  meter: Meter;
  upload: string | undefined;
}

export interface LedgerOptions {
  nowMs: () => number;
  log: Log;
}

/** Uploads that are counted at once; beyond, the one that was counted first is forgotten. */
const MAX_UPLOADS = 1_000;
const UPLOAD_IN_PATH = /^\/[^?]*\/uploads\/([\w-]{22})(?:\?|$)/;

export function makeLedger({ nowMs, log }: LedgerOptions): Ledger {
  const calls = new AsyncLocalStorage<Call>();
  const sinceMs = nowMs();
  const usages = new Map<string, Usage>();
  const countedMs = new Map<string, number>();
  const underWay = new Set<Call>();
  const endings = new Map<string, Ending>();
  /** What happens outside of any call, a health check say: it is nobody's. */
  const nobody: Call = { meter: makeMeter(), upload: undefined };
  const current = () => calls.getStore() ?? nobody;

  const add = (upload: string, usage: Usage) => {
    const known = usages.get(upload);
    if (!known && usages.size >= MAX_UPLOADS) {
      for (const oldest of usages.keys()) {
        usages.delete(oldest);
        break;
      }
    }
    usages.set(upload, sumUsage([known ?? NO_USAGE, usage]));
  };

  const within = async <Answer>(memoryMb: number, run: (call: Call) => Promise<Answer>): Promise<Answer> => {
    const call: Call = { meter: makeMeter(), upload: undefined };
    underWay.add(call);
    const startedMs = performance.now();
    try {
      return await calls.run(call, () => run(call));
    } finally {
      call.meter.invoked(performance.now() - startedMs, memoryMb);
      if (call.upload !== undefined) add(call.upload, call.meter.usage());
      underWay.delete(call);
      writeBills();
    }
  };

  /** Of uploads that have ended, and that no call is about any more: whoever filled the board may still be answered. */
  const writeBills = () => {
    for (const [upload, ending] of endings) {
      if ([...underWay].some((call) => call.upload === upload)) continue;
      endings.delete(upload);
      writeBill(ending);
    }
  };

  const writeBill = ({ upload, end, sizeBytes }: Ending) => {
    const usage = usages.get(upload);
    if (!usage) return;
    usages.delete(upload);
    const { totalUsd, coordinationUsd } = billFor(usage);
    const parts = sizeBytes === undefined ? undefined : geometryOf(sizeBytes).parts;
    log({ kind: 'bill', upload, end, parts, countedSinceMs: sinceMs, usage, coordinationUsd, totalUsd });
  };

  /** Minutes are counted whenever a connection is heard of, so that they go to the upload that it is heard about. */
  const countMinutes = (meter: Meter, connection: string, isOver: boolean) => {
    const ms = nowMs();
    meter.connected(ms - (countedMs.get(connection) ?? ms));
    if (isOver) countedMs.delete(connection);
    else countedMs.set(connection, ms);
  };

  const touched = (pk: string) => {
    const call = current();
    if (call !== nobody && pk.startsWith(UPLOAD_PARTITION)) {
      call.upload ??= pk.slice(UPLOAD_PARTITION.length);
    }
    return call.meter;
  };

  return {
    meter: {
      frame: (sizeBytes) => current().meter.frame(sizeBytes),
      connected: (ms) => current().meter.connected(ms),
      invoked: (ms, memoryMb) => current().meter.invoked(ms, memoryMb),
      wrote: (key, units) => touched(key.pk).wrote(key, units),
      read: (key, units) => touched(key.pk).read(key, units),
      s3Put: () => current().meter.s3Put(),
      s3Get: () => current().meter.s3Get(),
      usage: () => current().meter.usage(),
    },
    sockets: (sockets) => ({
      ...sockets,
      async post(connection, frame) {
        const result = await sockets.post(connection, frame);
        if (result === 'sent') current().meter.frame(Buffer.byteLength(frame));
        return result;
      },
    }),
    socketHandler: (handler) => (event, context) =>
      within(SOCKET_MEMORY_MB, async ({ meter }) => {
        const { connectionId, eventType } = event.requestContext;
        countMinutes(meter, connectionId, eventType === 'DISCONNECT');
        if (eventType === 'MESSAGE') meter.frame(Buffer.byteLength(event.body ?? ''));
        const answer = await handler(event, context);
        if (answer.body) meter.frame(Buffer.byteLength(answer.body));
        return answer;
      }),
    finishHandler: (handler) => (event, context) => within(FINISH_MEMORY_MB, () => handler(event, context)),
    storeRequest(method, url) {
      const upload = UPLOAD_IN_PATH.exec(url)?.[1];
      // Not known: it has ended, was never ours, or the name is made up.
      if (upload === undefined || !usages.has(upload)) return;
      if (method === 'PUT' || method === 'POST') add(upload, { ...NO_USAGE, s3Puts: 1 });
      else if (method === 'GET' || method === 'HEAD') add(upload, { ...NO_USAGE, s3Gets: 1 });
    },
    log(entry) {
      log(entry);
      const { kind, upload, sizeBytes } = entry;
      if (!ENDINGS.has(kind) || typeof upload !== 'string') return;
      endings.set(upload, {
        upload,
        end: kind,
        sizeBytes: typeof sizeBytes === 'number' ? sizeBytes : undefined,
      });
    },
  };
}

/** After these an upload is over; see the log entries of finishing and aborting. */
const ENDINGS: ReadonlySet<string> = new Set(['finished', 'aborted', 'lost']);
