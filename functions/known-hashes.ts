import { type Bits, partsOf } from '../protocol/board/bits.ts';
import type { Sha256 } from '../protocol/board/manifest.ts';
import type { PartHash } from '../protocol/messages/common.ts';
import type { Ports } from './ports.ts';

/** What an instance has read or written of the manifests. Written once, never changed: it can only be too little. */
const known = new WeakMap<Ports['manifests'], Map<string, ReadonlyMap<number, Sha256>>>();
/** Stripes of hashes that an instance remembers, some 10 KB each. */
const MAX_STRIPES = 500;

/** At least the hashes of these tickets, as far as they are published: from memory, or else from the table. */
export async function hashesFor(
  { manifests }: Pick<Ports, 'manifests'>,
  upload: string,
  s: number,
  tickets: Bits,
): Promise<ReadonlyMap<number, Sha256>> {
  const memory = memoryOf(manifests);
  const name = nameOf(upload, s);
  const remembered = memory.get(name);
  if (remembered && partsOf(s, tickets).every((part) => remembered.has(part))) return remembered;
  const loaded = await manifests.load(upload, s);
  remember(memory, name, loaded);
  return loaded;
}

/** The table has taken them: whoever asks next need not read them. */
export function rememberPublished(
  { manifests }: Pick<Ports, 'manifests'>,
  upload: string,
  s: number,
  hashes: readonly PartHash[],
): void {
  const memory = memoryOf(manifests);
  const name = nameOf(upload, s);
  const before = memory.get(name) ?? [];
  remember(memory, name, new Map([...before, ...hashes.map(({ part, sha256 }) => [part, sha256] as const)]));
}

function memoryOf(manifests: Ports['manifests']): Map<string, ReadonlyMap<number, Sha256>> {
  const memory = known.get(manifests) ?? new Map();
  known.set(manifests, memory);
  return memory;
}

function remember(
  memory: Map<string, ReadonlyMap<number, Sha256>>,
  name: string,
  hashes: ReadonlyMap<number, Sha256>,
): void {
  memory.delete(name);
  memory.set(name, hashes);
  const [oldest] = memory.keys();
  if (memory.size > MAX_STRIPES && oldest !== undefined) memory.delete(oldest);
}

const nameOf = (upload: string, s: number) => `${upload}/${s}`;
