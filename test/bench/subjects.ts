import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateMultipartUploadCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { geometryOf, partRange } from '../../protocol/board/geometry.ts';
import { type BenchPage, type Chromium, until } from './chromium.ts';

/** As many as the page has in flight. */
const AT_ONCE = 4;
const FILE_INPUT = 'input[type=file]';

export interface Run {
  seconds: number;
  requests: number;
}

export interface Bench {
  chromium: Chromium;
  origin: string;
  dataFolder: string;
}

async function freshPage({ chromium, origin }: Bench): Promise<BenchPage> {
  const page = await chromium.open(origin);
  await until(page, `document.querySelector('${FILE_INPUT}')`);
  return page;
}

/** Tributary itself: from choosing the file until the object is put together. */
export async function tributary(bench: Bench, path: string, begin: () => Promise<void>): Promise<Run> {
  const page = await freshPage(bench);
  await begin();
  const startedMs = performance.now();
  await page.choose(FILE_INPUT, path);
  // Told, not asked: asking lays the page out each time.
  await page.evaluate(`new Promise((resolve) => {
    const isComplete = () => document.body.textContent.includes('is complete.') && resolve();
    new MutationObserver(isComplete).observe(document.body, { childList: true, subtree: true });
  })`);
  const seconds = (performance.now() - startedMs) / 1_000;
  const parts = await page.evaluate<string>(`document.querySelector('[data-testid=grid]').dataset.parts`);
  await page.close();
  return { seconds, requests: Number(parts) };
}

/** The limit: the same page, the same slices, the same store, bare XMLHttpRequests and nothing else. */
export async function limit(
  bench: Bench,
  path: string,
  begin: () => Promise<void>,
  sizeBytes: number,
): Promise<Run> {
  const page = await freshPage(bench);
  const parts = await signedParts(bench, sizeBytes);
  await page.evaluate(await readFile(new URL('put-all.js', import.meta.url), 'utf8'));
  await begin();
  const startedMs = performance.now();
  await page.choose('#bench', path);
  await page.evaluate(`putAll(${JSON.stringify({ parts, atOnce: AT_ONCE })})`);
  const seconds = (performance.now() - startedMs) / 1_000;
  await page.close();
  return { seconds, requests: parts.length };
}

async function signedParts({ origin, dataFolder }: Bench, sizeBytes: number) {
  const credentials = JSON.parse(await readFile(join(dataFolder, 'store-credentials.json'), 'utf8'));
  const client = new S3Client({
    endpoint: `${origin}/s3`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const target = { Bucket: 'tributary', Key: `bench/${Date.now()}` };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const geometry = geometryOf(sizeBytes);
  return Promise.all(
    Array.from({ length: geometry.parts }, async (_, i) => ({
      url: await getSignedUrl(client, new UploadPartCommand({ ...target, UploadId, PartNumber: i + 1 })),
      ...partRange(geometry, i + 1),
    })),
  );
}
