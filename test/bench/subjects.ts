import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateMultipartUploadCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { geometryOf, partRange } from '../../protocol/board/geometry.ts';
import type { Span } from '../../web/browser/trace.ts';
import { type BenchPage, type Chromium, until } from './chromium.ts';

/** As many as the page may have in flight, and as browsers open connections to one host. */
const AT_ONCE = 6;
const FILE_INPUT = 'input[type=file]';
export const BUCKET = 'tributary';

/** Evaluated in the page: an input of the bench's own, to choose the file with. */
export const benchInput = `{
  const input = document.createElement('input');
  input.type = 'file';
  input.id = 'bench';
  document.body.append(input);
}`;

export interface Run {
  seconds: number;
  requests: number;
  /** The longest that the page's own thread was busy without a break; 0: never over 50 ms, undefined: not watched. */
  blockedMs?: number;
}

export interface Bench {
  chromium: Chromium;
  origin: string;
  dataFolder: string;
}

export async function freshPage({ chromium, origin }: Bench, isFree?: boolean): Promise<BenchPage> {
  const page = await chromium.open(origin, isFree);
  await until(page, `document.querySelector('${FILE_INPUT}')`);
  return page;
}

/** Tributary itself: from choosing the file until the object is put together. */
export async function tributary(bench: Bench, path: string, begin: () => Promise<void>): Promise<Run> {
  const page = await freshPage(bench);
  // A file that was not written to since is not hashed again.
  await utimes(path, new Date(), new Date());
  // From here on: that a page is made at all takes longer.
  await page.evaluate(`window.blockedMs = 0; new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.blockedMs = Math.max(window.blockedMs, duration);
  }).observe({ type: 'longtask' })`);
  await begin();
  const startedMs = performance.now();
  await uploadIn(page, path);
  const seconds = (performance.now() - startedMs) / 1_000;
  const parts = await page.evaluate<string>(`document.querySelector('[data-testid=grid]').dataset.parts`);
  const blockedMs = await page.evaluate<number>('window.blockedMs');
  await page.close();
  return { seconds, requests: Number(parts), blockedMs };
}

/** The same with the page's own account of what it did and when. */
export async function uploadTraced(bench: Bench, path: string): Promise<Span[]> {
  const page = await freshPage({ ...bench, origin: `${bench.origin}/?trace` });
  await uploadIn(page, path);
  const spans = await page.evaluate<Span[]>('window.tributaryTrace');
  await page.close();
  return spans;
}

async function uploadIn(page: BenchPage, path: string): Promise<void> {
  await page.choose(FILE_INPUT, path);
  // Told, not asked: asking lays the page out each time.
  await page.evaluate(`new Promise((resolve) => {
    const isComplete = () => document.body.textContent.includes('is complete.') && resolve();
    new MutationObserver(isComplete).observe(document.body, { childList: true, subtree: true });
  })`);
}

/**
 * The limit: the same page, the same slices, the same store, bare XMLHttpRequests and nothing else. With `hashers`, so many
 * workers compute the SHA-256 of each slice, and the store checks it: no board, no messages, no grid.
 */
export async function limit(
  bench: Bench,
  path: string,
  begin: () => Promise<void>,
  sizeBytes: number,
  hashers = 0,
): Promise<Run> {
  // The page's policy has no workers of others.
  const page = await freshPage(bench, hashers > 0);
  const parts = await signedParts(bench, sizeBytes);
  await page.evaluate(benchInput);
  await page.evaluate(await readFile(new URL('put-all.js', import.meta.url), 'utf8'));
  await begin();
  const startedMs = performance.now();
  await page.choose('#bench', path);
  await page.evaluate(`putAll(${JSON.stringify({ parts, atOnce: AT_ONCE, hashers })})`);
  const seconds = (performance.now() - startedMs) / 1_000;
  await page.close();
  return { seconds, requests: parts.length };
}

async function signedParts(bench: Bench, sizeBytes: number) {
  const client = await storeClient(bench);
  const target = { Bucket: BUCKET, Key: `bench/limit-${Date.now()}` };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const geometry = geometryOf(sizeBytes);
  return Promise.all(
    Array.from({ length: geometry.parts }, async (_, i) => ({
      url: await getSignedUrl(client, new UploadPartCommand({ ...target, UploadId, PartNumber: i + 1 })),
      ...partRange(geometry, i + 1),
    })),
  );
}

/** A client of the server's own store, as the page reaches it. */
export async function storeClient(bench: Bench): Promise<S3Client> {
  return new S3Client({
    endpoint: `${bench.origin}/s3`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: await storeCredentials(bench),
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}

export async function storeCredentials({ dataFolder }: Bench) {
  return JSON.parse(await readFile(join(dataFolder, 'store-credentials.json'), 'utf8')) as {
    accessKeyId: string;
    secretAccessKey: string;
  };
}
