import { expect, test } from 'vitest';
import type { FileHandle } from '../browser/file-handles.ts';
import type { KeptFile } from '../browser/journal.ts';
import type { CarrierState } from '../engine/carrier-state.ts';
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

const stopped = (reason: 'different-file' | 'file-changed' | 'file-unreadable'): CarrierState => ({
  state: 'stopped',
  reason,
  detail: '',
});
const unreadable = () => stopped('file-unreadable');

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
  source.told(unreadable());
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
  const stop = source.onChange(() => source.view().state === 'here' && source.told(unreadable()));
  source.told(unreadable());
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
  source.told({ state: 'carrying' });
  expect(files.get(SECRET)).toEqual({ name: 'copy.mov', sizeBytes: 7, modifiedAtMs: 1 });
});

test.for(['different-file', 'file-changed'] as const)(
  'a choice that proves wrong (%s) takes nothing from what is remembered of the right file',
  async (reason) => {
    const file = fileOf('12345');
    const kept = keptWith(handleOn({ file, permission: 'prompt', answer: 'granted' }));
    const { clock, source, attached, files } = begun(kept);
    await clock.pass(0);
    for (const wrong of [fileOf('54321', 'other.mov'), fileOf('1234567', 'longer.mov')]) {
      source.choose(wrong);
      // Held on meanwhile, it is not compared.
      for (const state of ['proving', 'used-up', 'proving'] as const) source.told({ state });
      await clock.pass(0);
      expect(files.get(SECRET)).toBe(kept);
      source.told(stopped(reason));
      expect(source.view()).toEqual({ state: 'asks', name: 'film.mov' });
    }
    await clock.pass(0);
    expect(files.get(SECRET)).toBe(kept);
    await source.goOn();
    expect([source.view(), attached.at(-1)]).toEqual([{ state: 'here', name: 'film.mov' }, file]);
  },
);

test('a drive that was waited for is waited for again after a wrong choice', async () => {
  const disk: { file: File | Error; permission: PermissionState } = {
    file: notFound(),
    permission: 'granted',
  };
  const { clock, source, attached } = begun(keptWith(handleOn(disk)));
  await clock.pass(0);
  source.choose(fileOf('54321', 'other.mov'));
  source.told(stopped('different-file'));
  expect(source.view()).toMatchObject({ state: 'away', name: 'film.mov' });
  disk.file = fileOf('12345');
  await clock.pass(30_000);
  expect([source.view().state, attached.at(-1)]).toEqual(['here', disk.file]);
});

test('what is said of a wrong choice says nothing of the next one, which is remembered once it is proven', async () => {
  const { clock, source, files } = begun(keptWith());
  await clock.pass(0);
  const refusal = stopped('different-file');
  source.choose(fileOf('54321', 'other.mov'));
  source.told(refusal);
  source.choose(new File(['12345'], 'film.mov', { lastModified: 2 }));
  source.told(refusal);
  source.told({ state: 'proving' });
  source.told({ state: 'carrying' });
  await clock.pass(0);
  expect([source.view().state, files.get(SECRET)?.modifiedAtMs]).toEqual(['here', 2]);
});

test('the first choice of all is remembered at once, and no longer when it proves wrong', async () => {
  const { clock, source, files } = begun();
  source.choose(fileOf('54321', 'other.mov'));
  await clock.pass(0);
  expect(files.get(SECRET)?.name).toBe('other.mov');
  source.told(stopped('different-file'));
  await clock.pass(0);
  expect([source.view(), files.size]).toEqual([{ state: 'none' }, 0]);
});

test('without a handle nobody promises that a file that cannot be read comes back by itself; if it does, it goes on', async () => {
  const { clock, source, attached } = begun();
  const file = fileOf('12345');
  source.choose(file);
  await clock.pass(0);
  file.slice = () => {
    throw notFound();
  };
  const seen = new Set<string>();
  source.onChange(() => seen.add(source.view().state));
  source.told(unreadable());
  await clock.pass(600_000);
  expect([source.view(), [...seen]]).toEqual([{ state: 'lost', name: 'film.mov' }, ['lost']]);
  file.slice = File.prototype.slice;
  await clock.pass(30_000);
  expect([source.view().state, attached]).toEqual(['here', [file, file]]);
});

test('a device that was told to stop does not go on after a reload', async () => {
  const { clock, source, files } = begun();
  source.choose(fileOf('12345'));
  await clock.pass(0);
  source.drop();
  await clock.pass(0);
  expect([source.view(), files.size]).toEqual([{ state: 'none' }, 0]);
});
