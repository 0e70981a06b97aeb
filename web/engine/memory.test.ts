import { expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import type { Memory } from './memory.ts';
import { deviceOn } from './testing/device.ts';
import { makeRulesServer, SECRETS } from './testing/rules-server.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile } from './testing/virtual-file.ts';
import { makeUpload } from './upload.ts';

const PARTS = 12;

/** A page that may end without a word, on a browser that remembers. */
function begun() {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  let noted: readonly number[] = [];
  const memory: Memory = {
    landed: async () => [...noted],
    noteLanded(parts) {
      noted = parts;
    },
  };
  const open = (isFirst: boolean) => {
    const file = makeVirtualFile(clock, { sizeBytes: PARTS * MIN_PART_BYTES });
    const info = { name: file.name, sizeBytes: file.sizeBytes, type: '' };
    const engine = deviceOn(clock, server, 'laptop');
    const upload = makeUpload(
      { ...engine, memory },
      isFirst ? { kind: 'create', file: info, secrets: SECRETS } : { kind: 'join', secret: SECRETS.own },
      file,
    );
    return { file, upload, die: () => engine.connection.close() };
  };
  return { clock, server, open, noted: () => noted };
}

test('parts that were stored and not yet reported when the page died are reported by the next one, not carried again', async () => {
  const { clock, server, open, noted } = begun();
  server.mishap = (message) => (message.type === 'sync' && message.done.length > 0 ? 'unheard' : undefined);
  const first = open(true);
  await clock.passUntil(() => noted().length >= 4, 60_000);
  const stored = [...noted()];
  first.die();
  server.mishap = () => undefined;
  const second = open(false);
  await clock.passUntil(() => second.upload.board()?.state.state === 'finished', 60_000);
  const carried = second.file.puts.map(({ part }) => part);
  expect(carried.filter((part) => stored.includes(part))).toEqual([]);
  expect(new Set([...stored, ...carried]).size).toBe(PARTS);
});

test('what the board knows to be done is no longer noted', async () => {
  const { clock, open, noted } = begun();
  const { upload } = open(true);
  await clock.passUntil(() => upload.board()?.state.state === 'finished', 60_000);
  expect(noted()).toEqual([]);
});
