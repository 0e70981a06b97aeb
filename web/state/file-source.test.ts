import { expect, test } from 'vitest';
import type { FileHandle } from '../browser/file-handles.ts';
import type { KeptFile } from '../browser/journal.ts';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import { makeFileSource } from './file-source.ts';

const SECRET = 's'.repeat(22);
const fileOf = (text: string, name = 'film.mov') => new File([text], name, { lastModified: 1 });

/** A browser that kept what it was told, and a disk on which the handle finds what the test puts there. */
function begun(kept?: KeptFile) {
  const clock = makeVirtualClock();
  const attached: File[] = [];
  const files = new Map<string, KeptFile>(kept ? [[SECRET, kept]] : []);
  const journal = {
    keptFile: async (secret: string) => files.get(secret),
    keepFile: async (secret: string, file: KeptFile) => void files.set(secret, file),
    dropFile: async (secret: string) => void files.delete(secret),
  };
  const source = makeFileSource({
    journal,
    secret: SECRET,
    clock,
    random: () => 0.5,
    attach: (file) => void attached.push(file),
  });
  return { clock, source, attached, files };
}

function handleOn(disk: { file: File | Error; permission: PermissionState; answer?: PermissionState }) {
  const handle: FileHandle = {
    kind: 'file',
    name: 'film.mov',
    async getFile() {
      if (disk.file instanceof Error) throw disk.file;
      return disk.file;
    },
    queryPermission: async () => disk.permission,
    async requestPermission() {
      disk.permission = disk.answer ?? disk.permission;
      return disk.permission;
    },
  };
  return handle;
}

function keptWith(handle?: FileHandle): KeptFile {
  const facts = { name: 'film.mov', sizeBytes: 5, modifiedAtMs: 1 };
  return handle ? { ...facts, handle } : facts;
}

const notFound = () => Object.assign(new Error('no such file'), { name: 'NotFoundError' });

test('a file whose handle may be read is carried on without a word', async () => {
  const file = fileOf('12345');
  const { clock, source, attached } = begun(keptWith(handleOn({ file, permission: 'granted' })));
  await clock.pass(0);
  expect([source.view(), attached]).toEqual([{ state: 'here', name: 'film.mov' }, [file]]);
});

test('where the browser wants the person to allow it, nothing is read before their click', async () => {
  const disk = { file: fileOf('12345'), permission: 'prompt' as PermissionState, answer: 'granted' as const };
  const { clock, source, attached } = begun(keptWith(handleOn(disk)));
  await clock.pass(60_000);
  expect([source.view(), attached]).toEqual([{ state: 'asks', name: 'film.mov' }, []]);
  await source.goOn();
  expect([source.view().state, attached.length]).toEqual(['here', 1]);
});

test('a person who does not allow it is asked again at their next click', async () => {
  const disk = { file: fileOf('12345'), permission: 'prompt' as PermissionState };
  const { clock, source, attached } = begun(keptWith(handleOn(disk)));
  await clock.pass(0);
  await source.goOn();
  expect([source.view(), attached]).toEqual([{ state: 'asks', name: 'film.mov' }, []]);
});

test('without a handle the page says which file it was', async () => {
  const { clock, source, attached } = begun(keptWith());
  await clock.pass(60_000);
  expect(source.view()).toEqual({ state: 'forgotten', name: 'film.mov', sizeBytes: 5, modifiedAtMs: 1 });
  expect(attached).toEqual([]);
});

test('a file that has another size now is not carried, and its size is told', async () => {
  const { clock, source, attached } = begun(
    keptWith(handleOn({ file: fileOf('1234567'), permission: 'granted' })),
  );
  await clock.pass(60_000);
  expect([source.view(), attached]).toEqual([{ state: 'changed', name: 'film.mov', sizeBytes: 7 }, []]);
});

test('a drive that was taken out is waited for, however long, and its file is carried on when it is back', async () => {
  const file = fileOf('12345');
  const disk: { file: File | Error; permission: PermissionState } = { file, permission: 'granted' };
  const { clock, source, attached } = begun(keptWith(handleOn(disk)));
  await clock.pass(0);
  disk.file = notFound();
  source.lost();
  await clock.pass(3_600_000);
  expect(source.view()).toEqual({ state: 'away', name: 'film.mov', reason: 'NotFoundError' });
  expect(attached).toHaveLength(1);
  disk.file = file;
  await clock.pass(30_000);
  expect(source.view().state).toBe('here');
  expect(attached).toHaveLength(2);
});

test('a file that is lost again as soon as it is there is tried more and more rarely', async () => {
  const disk = { file: fileOf('12345'), permission: 'granted' as const };
  const { clock, source, attached } = begun(keptWith(handleOn(disk)));
  await clock.pass(0);
  const stop = source.onChange(() => source.view().state === 'here' && source.lost());
  source.lost();
  await clock.pass(600_000);
  stop();
  expect(attached.length).toBeLessThan(50);
});

test('what the person chose last counts, whatever was being looked for', async () => {
  const { clock, source, attached, files } = begun(
    keptWith(handleOn({ file: notFound(), permission: 'granted' })),
  );
  await clock.pass(0);
  const chosen = fileOf('another', 'copy.mov');
  source.choose(chosen);
  await clock.pass(600_000);
  expect([source.view(), attached]).toEqual([{ state: 'here', name: 'copy.mov' }, [chosen]]);
  expect(files.get(SECRET)).toEqual({ name: 'copy.mov', sizeBytes: 7, modifiedAtMs: 1 });
});

test('a device that was told to stop does not go on after a reload', async () => {
  const { clock, source, files } = begun();
  source.choose(fileOf('12345'));
  await clock.pass(0);
  source.drop();
  await clock.pass(0);
  expect([source.view(), files.size]).toEqual([{ state: 'none' }, 0]);
});
