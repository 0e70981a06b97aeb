import { createHash } from 'node:crypto';
import type { Sha256 } from '../../protocol/board/manifest.ts';

const known = new Map<string, Sha256>();

/** The bytes of a file need not exist: what stands for a part's hash is made of the content's name and its number. */
export function sha256OfPart(content: string, part: number): Sha256 {
  const name = `${content}:${part}`;
  const sha256 = known.get(name) ?? createHash('sha256').update(name).digest('base64');
  known.set(name, sha256);
  return sha256;
}
