import type { Sha256 } from '../../protocol/board/manifest.ts';

/** Parts up to this size are hashed from memory; larger ones stream through. */
export const MAX_BUFFERED_BYTES = 64 * 1_048_576;

/** What hashes here has to be loaded, and did not come: nothing was wrong with the bytes. */
export class HasherMissing extends Error {}

/** SHA-256 of bytes in memory: native where the page is a secure context, WebAssembly on plain http. Throws HasherMissing. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<Sha256> {
  if (crypto.subtle) return toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  const hasher = await wasmHasher();
  return toBase64(hasher.init().update(bytes).digest('binary'));
}

/** SHA-256 of bytes too many to hold. Throws HasherMissing, and what reading throws. */
export async function sha256OfStream(blob: Blob, isAborted: () => boolean): Promise<Sha256 | undefined> {
  // A hasher of its own: another part may be hashed while this one waits for its next chunk.
  const hasher = (await makeHasher()).init();
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return toBase64(hasher.digest('binary'));
    if (isAborted()) {
      await reader.cancel();
      return undefined;
    }
    hasher.update(value);
  }
}

let sharedHasher: ReturnType<typeof makeHasher> | undefined;

async function makeHasher() {
  try {
    return await (await import('hash-wasm')).createSHA256();
  } catch (error) {
    throw new HasherMissing(undefined, { cause: error });
  }
}

function wasmHasher() {
  sharedHasher ??= makeHasher();
  return sharedHasher;
}

function toBase64(bytes: Uint8Array): Sha256 {
  return btoa(String.fromCharCode(...bytes));
}
