import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { TableMeter } from '../metering/meter.ts';
import { makeMeter } from '../metering/meter.ts';
import type { Log } from '../ports.ts';
import { measuredOf } from './metrics.ts';

/** What one call of a function is about, and what it has consumed so far. */
interface Call {
  requestId: string | undefined;
  meter: ReturnType<typeof makeMeter>;
}

export interface Observer {
  log: Log;
  meter: TableMeter;
  /** Everything within belongs to this call: its request's id and its units go into each line. */
  during<Answer>(requestId: string | undefined, run: () => Promise<Answer>): Promise<Answer>;
}

const TROUBLE = /failed$|^mishap$|^lost$/;

/**
 * One line a happening, by Powertools: whatever CloudWatch is to count comes in its embedded format, with the fields of
 * the entry beside the numbers, so that a message is one line and not two. Names and namespace are in the environment
 * (POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE).
 */
export function makeObserver(): Observer {
  const calls = new AsyncLocalStorage<Call>();
  const logger = new Logger();
  return {
    log(entry) {
      const fields = { ...entry, ...contextOf(calls.getStore()) };
      const measured = measuredOf(entry);
      if (measured.length > 0) return emit(measured, fields);
      const { kind, ...rest } = fields;
      if (TROUBLE.test(kind)) logger.error(kind, { kind, ...rest });
      else logger.info(kind, { kind, ...rest });
    },
    meter: {
      wrote: (key, units) => calls.getStore()?.meter.wrote(key, units),
      read: (key, units) => calls.getStore()?.meter.read(key, units),
    },
    during: (requestId, run) => calls.run({ requestId, meter: makeMeter() }, run),
  };
}

function contextOf(call: Call | undefined) {
  if (!call) return {};
  const { writeUnits, readUnits } = call.meter.usage();
  return { requestId: call.requestId, writeUnits, readUnits };
}

function emit(measured: ReturnType<typeof measuredOf>, fields: Record<string, unknown>): void {
  // One for each line: what one keeps would go into the next.
  const metrics = new Metrics();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) metrics.addMetadata(name, value as string);
  }
  for (const { name, unit, value } of measured) metrics.addMetric(name, unit, value);
  metrics.publishStoredMetrics();
}
