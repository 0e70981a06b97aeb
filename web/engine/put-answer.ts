/** No byte moved for this long: the request hangs, whatever the network says. */
export const STALLED_AFTER_MS = 30_000;
/** The store may take its time to sync a large part to disk after the last byte. */
export const ANSWER_WITHIN_MS = 120_000;

/** S3's code for what it refused; empty when the body is none of S3's. */
export function errorCodeOf(errorXml: string): string {
  return /<Code>([A-Za-z0-9]+)<\/Code>/.exec(errorXml)?.[1] ?? '';
}
