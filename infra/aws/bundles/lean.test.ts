import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lean } from './lean.ts';

/** What DynamoDB says next. */
let says = '';
const service = createServer((_, response) => {
  const body = JSON.stringify({
    __type: `com.amazonaws.dynamodb.v20120810#${says}`,
    message: 'not this time',
  });
  response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.0' }).end(body);
});
let folder: string;
let ask: (endpoint: string) => Promise<{ name: string; message: string; isConditional: boolean }>;

beforeAll(async () => {
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  folder = await mkdtemp(join(tmpdir(), 'tributary-lean-'));
  await build({
    stdin: {
      contents: `
        import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
        const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
        export async function ask(endpoint) {
          const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
          const error = await client.send(new PutItemCommand({ TableName: 't', Item: {} })).catch((error) => error);
          const { name, message } = error;
          return { name, message, isConditional: error instanceof ConditionalCheckFailedException };
        }`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    plugins: [lean],
  });
  ({ ask } = await import(pathToFileURL(join(folder, 'index.mjs')).href));
});
afterAll(async () => {
  service.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ['ConditionalCheckFailedException', true],
  // Its class is not in the bundle.
  ['ResourceNotFoundException', false],
])('an error of a service arrives by its name and message: %s', async (name, isConditional) => {
  says = name;
  const { port } = service.address() as AddressInfo;
  expect(await ask(`http://127.0.0.1:${port}`)).toEqual({ name, message: 'not this time', isConditional });
});
