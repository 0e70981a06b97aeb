import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageScript } from '../support/page-script.ts';
import { openSigningEndpoint } from './peers/signing-endpoint.ts';
import {
  type Bench,
  BUCKET,
  benchInput,
  freshPage,
  type Run,
  storeClient,
  storeCredentials,
} from './subjects.ts';

const peerScript = (name: string) => pageScript(fileURLToPath(new URL(`peers/${name}.ts`, import.meta.url)));

/** Evaluates the peer's script in a fresh page, chooses the file, and waits for what `call` promises. */
async function inPage(
  bench: Bench,
  script: string,
  path: string,
  begin: () => Promise<void>,
  call: string,
): Promise<Run> {
  // Its server is another one than the page's.
  const page = await freshPage(bench, true);
  await page.evaluate(benchInput);
  await page.evaluate(script);
  await page.evaluate('performance.setResourceTimingBufferSize(10_000)');
  await begin();
  const startedMs = performance.now();
  await page.choose('#bench', path);
  const before = await page.evaluate<number>('performance.getEntriesByType("resource").length');
  await page.evaluate(call);
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = await page.evaluate<number>('performance.getEntriesByType("resource").length');
  await page.close();
  return { seconds, requests: after - before };
}

export async function uppy(bench: Bench, path: string, begin: () => Promise<void>): Promise<Run> {
  const signing = await openSigningEndpoint(await storeClient(bench), BUCKET);
  try {
    const call = `uploadByUppy(${JSON.stringify(signing.origin)})`;
    return await inPage(bench, await peerScript('uppy'), path, begin, call);
  } finally {
    signing.close();
  }
}

export async function tus(bench: Bench, path: string, begin: () => Promise<void>): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-tus-'));
  const child = fork(fileURLToPath(new URL('peers/tus-server-child.mjs', import.meta.url)), [folder]);
  try {
    const call = `uploadByTus('http://localhost:${await portOf(child)}/files')`;
    return await inPage(bench, await peerScript('tus'), path, begin, call);
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

export async function libStorage(bench: Bench, path: string, begin: () => Promise<void>): Promise<Run> {
  const target = {
    endpoint: `${bench.origin}/s3`,
    bucket: BUCKET,
    key: `bench/lib-storage-${Date.now()}`,
    credentials: await storeCredentials(bench),
  };
  const call = `uploadByLibStorage(${JSON.stringify(target)})`;
  return inPage(bench, await peerScript('lib-storage'), path, begin, call);
}

async function portOf(child: ChildProcess): Promise<number> {
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return port;
}
