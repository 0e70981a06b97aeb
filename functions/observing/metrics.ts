/** A number that CloudWatch keeps: the stack's dashboard and alarms go by these names (infra/aws/running/operations.ts). */
export interface Measured {
  name: string;
  unit: 'Count' | 'Milliseconds' | 'Bytes';
  value: number;
}

type Entry = Readonly<Record<string, unknown>>;

const once = (name: string): Measured => ({ name, unit: 'Count', value: 1 });
const counted = (name: string, value: unknown, unit: Measured['unit'] = 'Count'): Measured => ({
  name,
  unit,
  value: typeof value === 'number' ? value : 0,
});

/** By kind of log entry, what it adds to. Each name is paid for by the month, so there are few. */
const BY_KIND: Readonly<Record<string, (entry: Entry) => Measured[]>> = {
  message: ({ tookMs }) => [once('Messages'), counted('MessageDuration', tookMs, 'Milliseconds')],
  mishap: () => [once('Mishaps')],
  refused: () => [once('Refusals')],
  created: () => [once('Created')],
  finished: ({ sizeBytes }) => [once('Finished'), counted('FinishedBytes', sizeBytes, 'Bytes')],
  reopened: () => [once('Reopened')],
  'post-failed': () => [once('PostFailures')],
  swept: ({ isThrough, failed, ended }) => [
    counted('Sweeps', isThrough ? 1 : 0),
    counted('SweepFailures', failed),
    counted('Ended', ended),
  ],
};

export function measuredOf(entry: Entry & { kind: string }): Measured[] {
  return BY_KIND[entry.kind]?.(entry) ?? [];
}

/** All names there are. */
export const METRIC_NAMES: readonly string[] = Object.values(BY_KIND).flatMap((measure) =>
  measure({}).map(({ name }) => name),
);
