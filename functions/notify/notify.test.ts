import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Engines,
  openEngines,
  type Scene,
  type SceneOptions,
  setScene,
  smallFile,
} from '../../test/support/finish-scene.ts';
import { FINISH_LEASE_MS, finish } from '../finish/finish.ts';
import { objectKeyOf } from '../object-key.ts';
import type { Mailer } from '../ports.ts';
import { makeNotifyHandler } from './handler.ts';
import { asciiSubject, letterOf } from './letter.ts';
import { TELLING_MS } from './notify.ts';

const WHOLE: SceneOptions = { ...smallFile('the whole file'), stored: [1], done: [1] };
const LETTER = 'Complete: a file.bin';

let engines: Engines;
beforeAll(async () => {
  engines = await openEngines();
});
afterAll(() => engines.close());

async function play(): Promise<Scene & { letters: string[]; hears(key?: string): Promise<void> }> {
  const scene = await setScene(engines, WHOLE);
  const letters: string[] = [];
  const mailer: Mailer = {
    async send({ subject }) {
      letters.push(subject);
    },
  };
  scene.ports.mailer = mailer;
  const hears = (key = scene.meta.key) =>
    makeNotifyHandler(scene.ports)({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'tributary' }, object: { key }, reason: 'CompleteMultipartUpload' },
    });
  return Object.assign(scene, { letters, hears });
}

describe('the bucket says that an object is complete, and', () => {
  test('every device and the user are told, once for however many events', async () => {
    const scene = await play();
    await finish(scene.ports, scene.meta.upload);
    await scene.hears();
    await scene.hears();
    await scene.hears();
    expect(scene.letters).toEqual([LETTER]);
    for (const device of ['laptop', 'phone'] as const) expect(scene.states(device)).toContain('finished');
    expect(await scene.ports.notices.isTold(scene.meta.upload)).toBe(true);
  });

  test('two events at the same moment lead to one letter: the second is to come again, and finds it told', async () => {
    const scene = await play();
    await finish(scene.ports, scene.meta.upload);
    const outcomes = await Promise.allSettled([scene.hears(), scene.hears()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    await scene.hears();
    expect(scene.letters).toEqual([LETTER]);
  });

  test('a letter that could not be sent is sent by the event that comes again', async () => {
    const scene = await play();
    await finish(scene.ports, scene.meta.upload);
    const { mailer } = scene.ports;
    scene.ports.mailer = { send: () => Promise.reject(new Error('no topic')) };
    await expect(scene.hears()).rejects.toThrow('no topic');
    scene.ports.mailer = mailer;
    await scene.hears();
    expect(scene.letters).toEqual([LETTER]);
  });

  test('who died while telling is followed by another once their time is over', async () => {
    const scene = await play();
    const { ports, meta, clock } = scene;
    await finish(ports, meta.upload);
    await ports.notices.begin(meta.upload, 'token', TELLING_MS, 0);
    await expect(scene.hears()).rejects.toThrow('somebody else is telling');
    clock.advance(TELLING_MS);
    await scene.hears();
    expect(scene.letters).toEqual([LETTER]);
  });

  test('the event that is sooner than the finisher waits for it', async () => {
    const scene = await play();
    scene.ports.clock = { ...scene.clock, sleep: () => finish(scene.ports, scene.meta.upload) };
    await scene.hears();
    expect(scene.letters).toEqual([LETTER]);
  });

  test('a finisher that died after completing is followed by another, and the event comes again', async () => {
    const scene = await play();
    const { ports, meta, clock } = scene;
    await ports.uploads.beginFinish(meta.upload, 'token', FINISH_LEASE_MS, 0);
    clock.advance(FINISH_LEASE_MS);
    scene.ports.clock = { ...clock, sleep: async () => {} };
    await expect(scene.hears()).rejects.toThrow('no finisher has said so');
    expect(scene.elections).toBe(1);
    await finish(ports, meta.upload);
    await scene.hears();
    expect(scene.letters).toEqual([LETTER]);
  });

  test('nobody is told of an upload that was ended or forgotten, or of an object that is not ours', async () => {
    const scene = await play();
    await scene.ports.uploads.abort(scene.meta.upload, 0);
    await scene.hears();
    await scene.hears(objectKeyOf('A'.repeat(22)));
    await scene.hears('uploads/../config.json');
    await scene.hears('elsewhere');
    expect(scene.letters).toEqual([]);
  });
});

describe('an owner who has signed in and', () => {
  const UNTIL_MS = 1_000_000;

  async function playTo(...wanting: string[]) {
    const scene = await play();
    const { ports, meta } = scene;
    const mails: string[][] = [];
    ports.mailer.linkTo = (upload) => `https://page.example/#upload=${upload}`;
    ports.mailer.sendTo = async (address, { subject, text }) => {
      mails.push([address, subject, text]);
    };
    for (const who of ['ada', 'eve', 'kim']) {
      await ports.people.own(who, meta.upload, meta.expiresAtMs);
      await ports.people.setLetterbox(who, undefined); // the table is the file's
    }
    for (const who of wanting) {
      const language = who === 'ada' ? 'de' : 'en';
      await ports.people.setLetterbox(who, { address: `${who}@example.org`, language, untilMs: UNTIL_MS });
    }
    await finish(ports, meta.upload);
    return Object.assign(scene, { mails });
  }

  test('wants an e-mail gets one, in their language, with the way to their upload; others get none', async () => {
    const scene = await playTo('ada');
    await scene.hears();
    await scene.hears();
    expect(scene.mails).toEqual([['ada@example.org', 'Fertig: a file.bin', expect.any(String)]]);
    expect(scene.mails[0]?.[2]).toContain(`https://page.example/#upload=${scene.meta.upload}`);
    expect(scene.letters).toEqual([LETTER]);
  });

  test('one whose e-mail is refused keeps nobody from theirs, and nobody gets it twice for that', async () => {
    const scene = await playTo('ada', 'eve', 'kim');
    const { ports, mails } = scene;
    const { sendTo } = ports.mailer;
    ports.mailer.sendTo = async (address, letter) => {
      if (address.startsWith('eve')) throw new Error('this address is on the suppression list');
      await sendTo?.(address, letter);
    };
    await expect(scene.hears()).rejects.toThrow('suppression list');
    ports.mailer.sendTo = async (address, letter) => sendTo?.(address, letter);
    await scene.hears();
    expect(mails.map(([address]) => address).sort()).toEqual(
      ['ada', 'eve', 'kim'].map((who) => `${who}@example.org`),
    );
    expect(scene.letters).toEqual([LETTER]);
  });

  test('has not been here for a year is not written to any more', async () => {
    const scene = await playTo('ada');
    scene.clock.advance(UNTIL_MS);
    await scene.hears();
    expect(scene.mails).toEqual([]);
  });
});

test('a letter shows a hostile name as text, bounded, and SNS takes its subject', () => {
  const name = `Über\r\nBcc: all@example.org\u202e${'x'.repeat(500)}.mov`;
  const { subject, text } = letterOf(
    {
      upload: '',
      key: '',
      s3UploadId: '',
      sizeBytes: 107_374_182_400,
      partBytes: 1,
      name,
      type: '',
      createdAtMs: 0,
      expiresAtMs: 1,
    },
    3_600_000,
    { language: 'en', asked: false },
  );
  expect(asciiSubject(subject)).toMatch(/^[\x20-\x7e]{1,99}$/);
  expect(text).not.toMatch(/[\r\u202e]|^Bcc/m);
  expect(text).toContain('Size: 107.4 GB');
  expect(text).toContain('Complete: Thu, 01 Jan 1970 01:00:00 GMT');
});
