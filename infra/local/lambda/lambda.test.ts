import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { Context } from 'aws-lambda';
import { afterEach, describe, expect, test } from 'vitest';
import { type Lambda, type LambdaFunction, makeLambda } from './lambda.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

type Entry = { kind: string; [field: string]: unknown };

async function serve(
  functions: Record<string, LambdaFunction>,
  options: { retryDelaysMs?: number[]; timeoutMs?: number } = {},
): Promise<{ lambda: Lambda; client: LambdaClient; entries: Entry[] }> {
  const entries: Entry[] = [];
  const lambda = makeLambda({
    functions,
    log: (entry) => entries.push(entry),
    retryDelaysMs: [1, 1],
    ...options,
  });
  const server = createServer(lambda.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new LambdaClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  cleanUps.push(() => {
    client.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { lambda, client, entries };
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('an asynchronous invocation', () => {
  test('is answered with 202 while the function still runs', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const events: unknown[] = [];
    const { lambda, client } = await serve({
      finish: async (event) => {
        await released;
        events.push(event);
      },
    });
    const answer = await client.send(
      new InvokeCommand({ FunctionName: 'finish', InvocationType: 'Event', Payload: json({ upload: 'u1' }) }),
    );
    expect(answer.StatusCode).toBe(202);
    expect(events).toEqual([]);
    release();
    await lambda.idle();
    expect(events).toEqual([{ upload: 'u1' }]);
  });

  test('that fails is tried twice more under the same request id, each time with a fresh event', async () => {
    const seen: { event: unknown; requestId: string }[] = [];
    const { lambda, client, entries } = await serve({
      finish: async (event, context) => {
        seen.push({ event: structuredClone(event), requestId: context.awsRequestId });
        (event as { list: number[] }).list.push(2);
        if (seen.length < 3) throw new Error('the secret is sesame');
      },
    });
    await client.send(
      new InvokeCommand({ FunctionName: 'finish', InvocationType: 'Event', Payload: json({ list: [1] }) }),
    );
    await lambda.idle();
    expect(seen.map(({ event }) => event)).toEqual([{ list: [1] }, { list: [1] }, { list: [1] }]);
    expect(new Set(seen.map(({ requestId }) => requestId)).size).toBe(1);
    expect(entries.map(({ kind }) => kind)).toEqual(['lambda-event-failed', 'lambda-event-failed']);
    expect(JSON.stringify(entries)).not.toContain('sesame');
  });

  test('that fails three times is dropped and logged', async () => {
    let tries = 0;
    const { lambda, client, entries } = await serve({
      finish: async () => {
        tries++;
        throw new TypeError('no');
      },
    });
    await client.send(new InvokeCommand({ FunctionName: 'finish', InvocationType: 'Event' }));
    await lambda.idle();
    expect(tries).toBe(3);
    expect(entries.at(-1)).toMatchObject({ kind: 'lambda-event-dropped', error: 'TypeError', tries: 3 });
  });

  test('of more than 256 KB is refused', async () => {
    const { client } = await serve({ finish: async () => {} });
    const payload = json('x'.repeat(262_144));
    await expect(
      client.send(new InvokeCommand({ FunctionName: 'finish', InvocationType: 'Event', Payload: payload })),
    ).rejects.toMatchObject({ name: 'RequestTooLargeException', $metadata: { httpStatusCode: 413 } });
  });

  test('waiting for its next attempt does not hold up close()', async () => {
    let failed = () => {};
    const failure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const { lambda, client, entries } = await serve(
      {
        finish: async () => {
          failed();
          throw new Error('later');
        },
      },
      { retryDelaysMs: [3_600_000] },
    );
    await client.send(new InvokeCommand({ FunctionName: 'finish', InvocationType: 'Event' }));
    await failure;
    await lambda.close();
    expect(entries.at(-1)).toMatchObject({ kind: 'lambda-event-dropped', closing: true });
  });
});

describe('a synchronous invocation', () => {
  test('is answered with what the function returns, whether named by name or by ARN', async () => {
    const contexts: Context[] = [];
    const { client } = await serve({
      add: async (event, context) => {
        contexts.push(context);
        const { a, b } = event as { a: number; b: number };
        return { sum: a + b };
      },
    });
    for (const FunctionName of ['add', 'arn:aws:lambda:eu-west-1:123456789012:function:add:$LATEST']) {
      const answer = await client.send(new InvokeCommand({ FunctionName, Payload: json({ a: 1, b: 2 }) }));
      expect(answer.StatusCode).toBe(200);
      expect(answer.FunctionError).toBeUndefined();
      expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ sum: 3 });
    }
    expect(contexts[0]).toMatchObject({ functionName: 'add', functionVersion: '$LATEST' });
    expect(contexts[0]?.getRemainingTimeInMillis()).toBeGreaterThan(890_000);
  });

  test('that throws or runs out of time is a function error', async () => {
    const { client } = await serve(
      {
        throws: async () => {
          throw new RangeError('17 is too many');
        },
        hangs: () => new Promise(() => {}),
      },
      { timeoutMs: 30 },
    );
    const thrown = await client.send(new InvokeCommand({ FunctionName: 'throws' }));
    expect(thrown.FunctionError).toBe('Unhandled');
    expect(JSON.parse(thrown.Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'RangeError',
      errorMessage: '17 is too many',
    });
    const hung = await client.send(new InvokeCommand({ FunctionName: 'hangs' }));
    expect(JSON.parse(hung.Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'Sandbox.Timedout',
    });
  });
});

test('an unknown function is a ResourceNotFoundException, even one named like an object method', async () => {
  const { client } = await serve({ finish: async () => {} });
  for (const FunctionName of ['start', 'constructor']) {
    await expect(client.send(new InvokeCommand({ FunctionName }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  }
});

test('a payload that is not JSON is refused before the function runs', async () => {
  let runs = 0;
  const { client } = await serve({
    finish: async () => {
      runs++;
    },
  });
  await expect(
    client.send(new InvokeCommand({ FunctionName: 'finish', Payload: Buffer.from('{') })),
  ).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  expect(runs).toBe(0);
});
