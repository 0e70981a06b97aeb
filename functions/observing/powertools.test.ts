import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeObserver } from './powertools.ts';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'socket');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Tributary');
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('a message is one line: what CloudWatch counts, and upload, device, kind, duration and units beside it', async () => {
  const { log, meter, during } = makeObserver();
  await during('request-1', async () => {
    meter.wrote({ pk: 'U#1', sk: 'S#000' }, 1);
    meter.read({ pk: 'U#1', sk: 'S#000' }, 2.5);
    log({ kind: 'message', type: 'sync', upload: 'u', device: 2, connection: 'c', tookMs: 12 });
  });
  expect(lines).toHaveLength(1);
  const said = JSON.parse(lines[0] ?? '');
  expect(said).toMatchObject({
    kind: 'message',
    type: 'sync',
    upload: 'u',
    device: 2,
    requestId: 'request-1',
    writeUnits: 1,
    readUnits: 2.5,
    service: 'socket',
    Messages: 1,
    MessageDuration: 12,
  });
  expect(said._aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'Tributary',
      Dimensions: [['service']],
      Metrics: [
        { Name: 'Messages', Unit: 'Count' },
        { Name: 'MessageDuration', Unit: 'Milliseconds' },
      ],
    },
  ]);
});

test('what is not counted is a line of the log, trouble as an error, and one call does not show in another', async () => {
  const { log, meter, during } = makeObserver();
  await Promise.all([
    during('a', async () => {
      meter.wrote({ pk: 'U#1', sk: 'META' }, 1);
      await Promise.resolve();
      log({ kind: 'noticed', upload: 'u' });
    }),
    during('b', async () => log({ kind: 'sweep-failed', upload: 'v' })),
  ]);
  const said = lines.map((line) => JSON.parse(line));
  expect(said).toContainEqual(
    expect.objectContaining({ level: 'INFO', kind: 'noticed', upload: 'u', requestId: 'a', writeUnits: 1 }),
  );
  expect(said).toContainEqual(
    expect.objectContaining({
      level: 'ERROR',
      kind: 'sweep-failed',
      upload: 'v',
      requestId: 'b',
      writeUnits: 0,
    }),
  );
});
