import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { completionRules } from './contract/completing.contract.ts';
import { objectRules } from './contract/objects.contract.ts';
import { partRules } from './contract/parts.contract.ts';
import { makeTools, type Rule, type Tools } from './contract/tools.contract.ts';

/** What the suite works with: a client as the product configures it, and a bucket that exists. */
export interface OpenBucket {
  readonly client: S3Client;
  readonly bucket: string;
  /** False: it takes `x-amz-checksum-sha256` for any other header, and its XML has no word for it. */
  readonly knowsSha256?: boolean;
  close(): Promise<void>;
}

/** Rule ids (`B7`) to the reason why an endpoint need not keep that rule. */
export type BucketSkips = Readonly<Record<string, string>>;

/** A guard against hanging: some engines are several programs. */
const OPEN_WITHIN_MS = 90_000;

/** What any S3-compatible endpoint must do for uploads by several devices to be safe on it. */
export function bucketContract(name: string, open: () => Promise<OpenBucket>, skips: BucketSkips = {}): void {
  describe(`${name} keeps the bucket contract`, () => {
    let opening: Promise<OpenBucket> | undefined;
    let made: Tools | undefined;
    beforeAll(async () => {
      opening = open();
      const opened = await opening;
      made = makeTools(opened.client, opened.bucket, opened.knowsSha256);
    }, OPEN_WITHIN_MS);
    // Even one that took longer than anybody waited for.
    afterAll(async () => (await opening?.catch(() => undefined))?.close(), OPEN_WITHIN_MS);

    const tools = (): Tools => {
      if (made === undefined) throw new Error('expected an open bucket');
      return made;
    };
    const rule: Rule = (id, sentence, check) => {
      const reason = skips[id];
      if (reason === undefined) test(`[${id}] ${sentence}`, check);
      else test.skip(`[${id}] ${sentence} (skipped: ${reason})`);
    };
    partRules(rule, tools);
    completionRules(rule, tools);
    objectRules(rule, tools);
  });
}
