import type { Connection } from '../engine/connection.ts';

/** Something that took its time, in epoch milliseconds of this device. */
export interface Span {
  kind: 'hash' | 'put' | 'sync';
  fromMs: number;
  toMs: number;
  /** Of a hash or a put the first byte of its part; of a sync how much was in it. */
  startByte?: number;
  done?: number;
  hashes?: number;
  granted?: number;
}

export type Trace = (span: Span) => void;

declare global {
  interface Window {
    /** What this page did and when, if its address has `?trace`; `npm run trace` draws it. */
    tributaryTrace?: Span[];
  }
}

/** Undefined without `?trace`: a page that nobody looks into keeps no account of each part. */
export function startTrace(): Trace | undefined {
  if (!new URLSearchParams(location.search).has('trace')) return undefined;
  const spans: Span[] = [];
  window.tributaryTrace = spans;
  return (span) => spans.push(span);
}

/** The clock that pages and workers share. */
export function traceNowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The same connection, whose syncs are noted. */
export function tracedConnection(connection: Connection, trace: Trace | undefined): Connection {
  if (!trace) return connection;
  return {
    ...connection,
    async request(message) {
      const fromMs = traceNowMs();
      const reply = await connection.request(message);
      if (message.type !== 'sync') return reply;
      const answer =
        reply.state === 'answered' && reply.message.type === 'granted' ? reply.message : undefined;
      trace({
        kind: 'sync',
        fromMs,
        toMs: traceNowMs(),
        done: message.done.length,
        hashes: message.hashes.length,
        granted: answer?.put?.tickets.length ?? 0,
      });
      return reply;
    },
  };
}
