import { expect } from 'vitest';
import { ownPartitions } from '../../../test/support/own-partitions.ts';
import { metaKey } from '../keys.ts';
import { makeNotices } from '../notices.ts';
import { makePeople } from '../people.ts';
import { makeRegister } from '../register.ts';
import { makeUploads } from '../uploads.ts';
import { metaOf, newId, newShares, type Rule, range, type Tools } from './tools.contract.ts';

/** Rules for the list of uploads, which the sweep goes by, and for who has been told. */
export function registerRules(rule: Rule, tools: () => Tools): void {
  /** The list is of all uploads: each rule has a table to itself. */
  const alone = () => ownPartitions(tools().table, newId());

  rule(
    'T80',
    'an upload is listed from its making on, with all that is needed to end it, however often it is made',
    async () => {
      const table = alone();
      const meta = metaOf();
      const shares = newShares();
      await makeUploads(table).create(meta, shares);
      await makeUploads(table).create({ ...meta, s3UploadId: newId() }, shares);
      const { upload, key, s3UploadId, createdAtMs, expiresAtMs } = meta;
      expect(await makeRegister(table).live(undefined, 10)).toEqual([
        { upload, key, s3UploadId, createdAtMs, expiresAtMs },
      ]);
    },
  );

  rule('T81', 'the list is read in pages, each upload once', async () => {
    const table = alone();
    const ids = range(7).map(newId).sort();
    for (const upload of ids) await makeUploads(table).create(metaOf({ upload }), newShares());
    const register = makeRegister(table);
    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = await register.live(after, 3);
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(3);
      seen.push(...page.map(({ upload }) => upload));
    }
    expect(seen).toEqual(ids);
  });

  rule(
    'T82',
    'what is settled is listed no more, and is due from its time on, the earliest first',
    async () => {
      const table = alone();
      const register = makeRegister(table);
      const [late = '', early = '', other = ''] = range(3).map(newId);
      for (const upload of [late, early, other])
        await makeUploads(table).create(metaOf({ upload }), newShares());
      await register.settle(late, 2_000);
      await register.settle(early, 90);
      await register.settle(early, 90);
      expect((await register.live(undefined, 10)).map(({ upload }) => upload)).toEqual([other]);
      expect(await register.due(90, 10)).toEqual([]);
      expect(await register.due(2_001, 10)).toEqual([
        { upload: early, forgetAtMs: 90 },
        { upload: late, forgetAtMs: 2_000 },
      ]);
      expect(await register.due(2_001, 1)).toHaveLength(1);
    },
  );

  rule('T83', 'forgetting takes all of an upload and nothing of another, and may be repeated', async () => {
    const table = alone();
    const register = makeRegister(table);
    const [upload = '', other = ''] = range(2).map(newId);
    for (const one of [upload, other]) await makeUploads(table).create(metaOf({ upload: one }), newShares());
    await register.settle(upload, 1);
    await register.forget(upload, 1);
    await register.forget(upload, 1);
    expect(await table.query(metaKey(upload).pk, '')).toEqual([]);
    expect(await register.due(10, 10)).toEqual([]);
    expect(await makeUploads(table).meta(other)).toBeDefined();
  });

  rule('T84', 'the mark of the last sweep is kept, and can be taken away', async () => {
    const register = makeRegister(alone());
    expect(await register.mark()).toBeUndefined();
    await register.setMark('somewhere');
    expect(await register.mark()).toBe('somewhere');
    await register.setMark(undefined);
    expect(await register.mark()).toBeUndefined();
  });

  rule('T85', 'one tells at a time, another takes over after their time, and told is told', async () => {
    const notices = makeNotices(alone());
    const upload = newId();
    const begun = await Promise.all(range(5).map((i) => notices.begin(upload, `token-${i}`, 100, 0)));
    expect(begun.filter((one) => one === 'begun')).toHaveLength(1);
    const first = `token-${begun.indexOf('begun')}`;
    expect(await notices.begin(upload, first, 100, 0)).toBe('begun');
    expect(await notices.begin(upload, 'late', 200, 99)).toBe('under-way');
    expect(await notices.begin(upload, 'late', 200, 100)).toBe('begun');
    await notices.end(upload, first, 150); // who slept through their time says nothing any more
    expect(await notices.isTold(upload)).toBe(false);
    await notices.end(upload, 'late', 150);
    await notices.end(upload, 'late', 160);
    expect(await notices.isTold(upload)).toBe(true);
    expect(await notices.begin(upload, 'later still', 900, 800)).toBe('told');
  });

  rule('T86', 'of several who are to be told, each is noted by itself', async () => {
    const notices = makeNotices(alone());
    const [upload, other] = [newId(), newId()];
    await notices.noteSent(upload, 'ada');
    await notices.noteSent(upload, 'ada');
    expect(await notices.isSent(upload, 'ada')).toBe(true);
    expect(await notices.isSent(upload, 'eve')).toBe(false);
    expect(await notices.isSent(other, 'ada')).toBe(false);
  });

  rule('T87', 'where somebody wants letters to is kept, changed and taken away', async () => {
    const people = makePeople(alone());
    const box = { address: 'ada@example.org', language: 'de', untilMs: 1_000 } as const;
    expect(await people.letterbox('ada')).toBeUndefined();
    await people.setLetterbox('ada', box);
    await people.setLetterbox('ada', { ...box, address: 'ada@example.com' });
    expect(await people.letterbox('ada')).toEqual({ ...box, address: 'ada@example.com' });
    expect(await people.letterbox('eve')).toBeUndefined();
    expect(await people.uploadsOf('ada')).toEqual([]); // it is no upload of theirs
    await people.setLetterbox('ada', undefined);
    await people.setLetterbox('ada', undefined);
    expect(await people.letterbox('ada')).toBeUndefined();
  });
}
