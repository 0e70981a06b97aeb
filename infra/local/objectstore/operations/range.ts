/** Byte positions, both inclusive, as in HTTP. */
export type ByteRange =
  | { readonly state: 'whole' }
  | { readonly state: 'range'; readonly first: number; readonly last: number }
  | { readonly state: 'unsatisfiable' };

/**
 * Reads a `Range` header against a size. What is not a single byte range is ignored, as RFC 9110 (14.2) allows
 * and S3 does: the answer is then the whole object.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange {
  const match = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header ?? '');
  const [, firstText = '', lastText = ''] = match ?? [];
  if (match === null || (firstText === '' && lastText === '')) return { state: 'whole' };
  if (firstText === '') {
    const suffixBytes = Number(lastText);
    if (suffixBytes === 0 || sizeBytes === 0) return { state: 'unsatisfiable' };
    return { state: 'range', first: Math.max(0, sizeBytes - suffixBytes), last: sizeBytes - 1 };
  }
  const first = Number(firstText);
  const last = lastText === '' ? sizeBytes - 1 : Math.min(Number(lastText), sizeBytes - 1);
  if (lastText !== '' && Number(lastText) < first) return { state: 'whole' };
  return first >= sizeBytes ? { state: 'unsatisfiable' } : { state: 'range', first, last };
}
