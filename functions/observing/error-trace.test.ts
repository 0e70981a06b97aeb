import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { addressesIn } from '../../test/support/addresses-in.ts';
import { inLambda } from '../lambda-entry.ts';
import { makeWriter } from '../notify/writer.ts';
import { errorTrace } from './error-trace.ts';

const SECRET = 'abcdefghijklmnopqrst-_';
const ADDRESS = 'ada@example.org';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What SES says of an address in its sandbox, by its own client. */
async function refusedBySes(): Promise<unknown> {
  const ses = createServer((request, response) => {
    request.resume().on('end', () => {
      const message = `Email address is not verified: ${ADDRESS}\n    at ${ADDRESS}`;
      response.writeHead(400, { 'x-amzn-errortype': 'MessageRejected' }).end(JSON.stringify({ message }));
    });
  }).listen(0, '127.0.0.1');
  await once(ses, 'listening');
  const writer = makeWriter({
    region: 'eu-central-1',
    from: 'notices@example.org',
    endpoint: `http://127.0.0.1:${(ses.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const error = await writer.sendTo(ADDRESS, { subject: 's', text: 't' }).catch((thrown: unknown) => thrown);
  ses.closeAllConnections();
  ses.close();
  return error;
}

test('of what a service refused a log says what it was and where, and not the address that it was about', async () => {
  const error = await refusedBySes();
  expect(addressesIn(String(error))).toContain(ADDRESS);
  const trace = errorTrace(error);
  expect(trace).toMatchObject({ error: 'MessageRejected', status: 400 });
  expect(trace.at[0]).toMatch(/^at .*:\d+/);
  expect(addressesIn(JSON.stringify(trace))).toEqual([]);
});

test('of a validator that quotes its input, not the input; of a connection that failed, the system’s word', () => {
  const quoting = errorTrace(new SyntaxError(`Unexpected token in "${SECRET}"`));
  expect(JSON.stringify(quoting)).not.toContain(SECRET);
  expect(errorTrace(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toMatchObject({
    error: 'Error',
    code: 'ECONNREFUSED',
  });
  expect(errorTrace(SECRET)).toEqual({ error: 'string', at: [] });
});

test('a function in Lambda throws an error without what it said: the runtime logs all of it', async () => {
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    TABLE_NAME: 'tributary',
    S3_BUCKET: 'tributary',
    CONNECTIONS_ENDPOINT: 'http://127.0.0.1:1/local',
    FINISH_FUNCTION: 'finish',
  })) {
    vi.stubEnv(name, value);
  }
  const error = await refusedBySes();
  const handler = inLambda(() => async () => {
    throw error;
  });
  const thrown = await handler({}, {} as never).catch((caught: unknown) => caught);
  if (!(thrown instanceof Error)) throw new Error('expected an error');
  expect(thrown.name).toBe('MessageRejected');
  expect(thrown.stack).toMatch(/^MessageRejected: .*400\n {4}at /);
  const all = JSON.stringify(thrown, Object.getOwnPropertyNames(thrown)) + thrown.stack + thrown.cause;
  expect(addressesIn(all)).toEqual([]);
});
