/** Part numbers, ascending and each once, as ranges: 1, 2, 3, 5 are "1-3,5". Pure. */
export function compressRanges(parts: Iterable<number>): string {
  const ranges: string[] = [];
  let first: number | undefined;
  let last = 0;
  const close = () => {
    if (first !== undefined) ranges.push(first === last ? `${first}` : `${first}-${last}`);
  };
  for (const part of parts) {
    if (first === undefined || part !== last + 1) {
      close();
      first = part;
    }
    last = part;
  }
  close();
  return ranges.join(',');
}
