import { makePartReader } from '../../web/browser/part-bytes.ts';
import { sha256Of, sha256OfStream } from '../../web/browser/sha256.ts';

declare global {
  interface Window {
    hashInPage(
      sizeBytes: number,
      seed: number,
    ): Promise<{ fromMemory: string; asStream: string | undefined }>;
  }
}

/** What the page's workers do with a part, for a test to call in a page: bytes that it can make as well. */
window.hashInPage = async (sizeBytes, seed) => {
  const slice = new Blob([Uint8Array.from({ length: sizeBytes }, (_, i) => (i * seed) % 251)]);
  return {
    fromMemory: await makePartReader(slice).withBytes({ startByte: 0, endByte: slice.size }, sha256Of),
    asStream: await sha256OfStream(slice, () => false),
  };
};
