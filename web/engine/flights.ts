import type { Geometry } from '../../protocol/board/geometry.ts';
import { partLength, partRange } from '../../protocol/board/geometry.ts';
import type { FilePort, PutOutcome, Task } from './ports.ts';

/** A granted ticket, ready to be carried. */
export interface Ticket {
  part: number;
  sha256: string;
  url: string;
  /** The engine's clock: after this the store refuses the address. */
  expiresAtMs: number;
}

interface Flight {
  ticket: Ticket;
  sentBytes: number;
  task: Task<PutOutcome>;
}

/** The puts under way. */
export interface Flights {
  readonly size: number;
  /** Those whose last byte has not left yet: a line waits for nothing while the store thinks. */
  readonly sending: number;
  parts(): Iterable<number>;
  has(part: number): boolean;
  start(ticket: Ticket): void;
  abort(part: number): void;
  /** Bytes of those of these parts that are under way that have left, by the browser's word. */
  sentBytes(counts: (part: number) => boolean): number;
  stop(): void;
}

export interface FlightsOptions {
  file: Pick<FilePort, 'put'>;
  geometry: Geometry;
  sent(bytes: number): void;
  landed(ticket: Ticket, outcome: PutOutcome): void;
}

export function makeFlights({ file, geometry, sent, landed }: FlightsOptions): Flights {
  const flights = new Map<number, Flight>();
  return {
    get size() {
      return flights.size;
    },
    get sending() {
      let count = 0;
      for (const [part, { sentBytes }] of flights) if (sentBytes < partLength(geometry, part)) count++;
      return count;
    },
    parts: () => flights.keys(),
    has: (part) => flights.has(part),
    start(ticket) {
      const { part, url, sha256 } = ticket;
      const range = partRange(geometry, part);
      const request = { url, headers: { 'x-amz-checksum-sha256': sha256 } };
      const task = file.put(range, request, (sentBytes) => {
        const flight = flights.get(part);
        if (!flight || sentBytes <= flight.sentBytes) return;
        const bytes = sentBytes - flight.sentBytes;
        flight.sentBytes = sentBytes;
        sent(bytes);
      });
      flights.set(part, { ticket, sentBytes: 0, task });
      void task.result.then((outcome) => {
        const flight = flights.get(part);
        flights.delete(part);
        const unseenBytes = partLength(geometry, part) - (flight?.sentBytes ?? 0);
        if (outcome.state === 'stored' && unseenBytes > 0) sent(unseenBytes);
        landed(ticket, outcome);
      });
    },
    abort: (part) => flights.get(part)?.task.abort(),
    sentBytes(counts) {
      let sum = 0;
      for (const [part, { sentBytes }] of flights) if (counts(part)) sum += sentBytes;
      return sum;
    },
    stop() {
      for (const flight of flights.values()) flight.task.abort();
    },
  };
}
