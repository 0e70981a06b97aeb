import { describe, expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import type { Memory } from './memory.ts';
import { deviceOn } from './testing/device.ts';
import { makeRulesServer, SECRETS } from './testing/rules-server.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile, sha256Of } from './testing/virtual-file.ts';
import { makeUpload } from './upload.ts';

const PARTS = 12;
const BEGUN_MS = 1_000;

/** A page that may end without a word, on a browser that remembers. */
function begun() {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  let noted: readonly number[] = [];
  const memory: Memory = {
    begunModifiedAtMs: () => BEGUN_MS,
    landed: async () => [...noted],
    noteLanded(parts) {
      noted = parts;
    },
  };
  const open = (isMaker: boolean, modifiedAtMs = BEGUN_MS) => {
    const virtual = makeVirtualFile(clock, { sizeBytes: PARTS * MIN_PART_BYTES });
    const file = Object.assign(virtual, { modifiedAtMs });
    const info = { name: file.name, sizeBytes: file.sizeBytes, type: '' };
    const engine = deviceOn(clock, server, 'laptop');
    const upload = makeUpload(
      { ...engine, memory },
      isMaker ? { kind: 'create', file: info, secrets: SECRETS } : { kind: 'join', secret: SECRETS.own },
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

describe('a file that was written to since its upload began', () => {
  /** Half of it is uploaded; no part more than that was hashed. */
  async function half() {
    const scene = begun();
    const first = scene.open(true);
    first.file.hashFails = (part) => (part > 6 ? { state: 'aborted' } : undefined);
    await scene.clock.passUntil(() => (first.upload.board()?.replica.doneParts() ?? 0) >= 6, 60_000);
    first.die();
    return scene;
  }

  test('is read again as far as it is published, and carried on if it is the same', async () => {
    const { clock, open } = await half();
    const { file, upload } = open(false, BEGUN_MS + 1);
    await clock.passUntil(() => upload.board()?.state.state === 'finished', 60_000);
    expect(file.hashed.slice(0, 7).sort((a, b) => a - b)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6]));
  });

  test.each([
    ['joins', false],
    ['says that it creates the upload', true],
  ])(
    'stops before a hash of its new bytes is published, so that no object is a mixture of both: who %s',
    async (_, isMaker) => {
      const { clock, server, open } = await half();
      const published = server.manifest.size;
      const { file, upload } = open(isMaker, BEGUN_MS + 1);
      // The three parts that the server picks are as they were.
      const changedPart = 6;
      file.hashFails = (part) =>
        part >= changedPart ? { state: 'hashed', sha256: sha256Of('edited', part) } : undefined;
      const carrier = () => {
        const view = upload.view();
        return view.state === 'open' ? view.carrier : undefined;
      };
      await clock.passUntil(() => carrier()?.state === 'stopped', 60_000);
      expect(carrier()).toMatchObject({ reason: 'file-changed', part: changedPart });
      expect(server.manifest.size).toBe(published);
      expect(file.puts).toEqual([]);
    },
  );
});
