import { expect } from 'vitest';
import type { Member } from '../../ports.ts';
import { newId, type Rule, race, range, type Tools } from './tools.contract.ts';

/** Rules for who is connected, and to what. */
export function memberRules(rule: Rule, tools: () => Tools): void {
  rule('T32', 'whoever said hello is known by the connection until that is forgotten', async () => {
    const { members } = tools();
    const caller = { connection: newId(), deviceId: newId(), name: 'phone' };
    expect(await members.caller(caller.connection)).toBeUndefined();
    await members.greet(caller);
    expect(await members.caller(caller.connection)).toEqual(caller);
    expect(await members.forget(caller.connection)).toEqual([]);
    expect(await members.caller(caller.connection)).toBeUndefined();
  });

  rule(
    'T33',
    'devices that come for the first time have the numbers from 1, each its own, also all at once',
    async () => {
      const { members, open } = tools();
      const upload = await open();
      const numbers = (
        await race(20, (i) => members.enrol(upload, newId(), { name: `${i}`, role: 'helper' }))
      ).map(Number);
      expect(numbers.toSorted((a, b) => a - b)).toEqual(range(20, 1));
      const devices = await members.devices(upload);
      expect(byNumber(devices)).toEqual(
        byNumber(numbers.map((device, i) => ({ device, name: `${i}`, role: 'helper' }))),
      );
      // Numbers are counted by upload.
      expect(await members.enrol(await open(), newId(), { name: 'x', role: 'owner' })).toBe(1);
    },
  );

  rule('T34', 'one device that comes by many connections at once has one number', async () => {
    const { members, open } = tools();
    const upload = await open();
    const deviceId = newId();
    const numbers = await race(8, () => members.enrol(upload, deviceId, { name: 'phone', role: 'helper' }));
    expect(new Set(numbers).size).toBe(1);
    expect(await members.devices(upload)).toHaveLength(1);
    const next = await members.enrol(upload, newId(), { name: 'other', role: 'helper' });
    expect(numbers).not.toContain(next);
  });

  rule(
    'T35',
    'a device that comes back has its number, with the name and the role that it has now',
    async () => {
      const { members, open } = tools();
      const upload = await open();
      const deviceId = newId();
      expect(await members.enrol(upload, deviceId, { name: 'phone', role: 'watcher' })).toBe(1);
      expect(await members.enrol(upload, newId(), { name: 'laptop', role: 'owner' })).toBe(2);
      expect(await members.enrol(upload, deviceId, { name: 'my phone', role: 'helper' })).toBe(1);
      expect(byNumber(await members.devices(upload))).toEqual([
        { device: 1, name: 'my phone', role: 'helper' },
        { device: 2, name: 'laptop', role: 'owner' },
      ]);
    },
  );

  rule('T55', 'a device that was sent away has no number any more; the others have theirs', async () => {
    const { members, open } = tools();
    const upload = await open();
    const [liar, other] = [newId(), newId()];
    const device = { name: 'x', role: 'helper' } as const;
    expect(await members.enrol(upload, liar, device)).toBe(1);
    expect(await members.enrol(upload, other, device)).toBe(2);
    await members.stop(upload, new Set([1, 7]), 5);
    expect(await members.enrol(upload, liar, device)).toBe('stopped');
    expect(await members.enrol(upload, other, device)).toBe(2);
    expect(await members.enrol(await open(), liar, device)).toBe(1);
  });

  rule('T54', 'a board takes as many devices as it is told, and those that it knows for ever', async () => {
    const { members, open } = tools();
    const upload = await open();
    const ids = range(8).map(() => newId());
    const device = { name: 'x', role: 'helper' } as const;
    const outcomes = await race(8, (i) => members.enrol(upload, ids[i] ?? '', device, 5));
    expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(3);
    for (const [i, outcome] of outcomes.entries()) {
      expect(await members.enrol(upload, ids[i] ?? '', device, 5)).toBe(outcome);
    }
  });

  rule('T56', 'what a device holds is noted with the device, whatever connection it comes by', async () => {
    const { members, open } = tools();
    const upload = await open();
    const deviceId = newId();
    await members.noteHolds(upload, deviceId, [{ s: 1, sinceMs: 2, untilMs: 3 }]);
    expect(await members.holds(upload, deviceId)).toEqual([]);
    await members.enrol(upload, deviceId, { name: 'x', role: 'helper' });
    const holds = [
      { s: 3, sinceMs: 4, untilMs: 5 },
      { s: 5, sinceMs: 6, untilMs: 7, barredUntilMs: 8 },
    ];
    await members.noteHolds(upload, deviceId, holds);
    await members.enrol(upload, deviceId, { name: 'another name', role: 'owner' });
    expect(await members.holds(upload, deviceId)).toEqual(holds);
  });

  rule('T36', 'members are found one by one and listed by upload, as they were last admitted', async () => {
    const { members, open } = tools();
    const [upload, other] = [await open(), await open()];
    const [here, there] = [memberOf(upload), memberOf(other)];
    await members.admit({ ...here, proven: false, challenge: [3, 64, 10_000] });
    await members.admit(there);
    expect(await members.member(upload, here.connection)).toMatchObject({ challenge: [3, 64, 10_000] });
    await members.admit(here);
    expect(await members.member(upload, here.connection)).toEqual(here);
    expect(await members.members(upload)).toEqual([here]);
    expect(await members.members(other)).toEqual([there]);
    expect(await members.member(upload, there.connection)).toBeUndefined();
  });

  rule(
    'T37',
    'whoever is dismissed is a member no more; the others are, and saying it again is fine',
    async () => {
      const { members, open } = tools();
      const upload = await open();
      const [stays, leaves] = [memberOf(upload), memberOf(upload)];
      await Promise.all([members.admit(stays), members.admit(leaves)]);
      for (let times = 0; times < 2; times++) {
        await members.dismiss(upload, leaves.connection);
        expect(await members.members(upload)).toEqual([stays]);
      }
      expect(await members.member(upload, leaves.connection)).toBeUndefined();
    },
  );

  rule('T38', 'forgetting a connection names its uploads until it is dismissed from each', async () => {
    const { members, open } = tools();
    const connection = newId();
    const uploads = [await open(), await open()].toSorted();
    for (const upload of uploads) await members.admit({ ...memberOf(upload), connection });
    await members.admit(memberOf(uploads[0] ?? ''));
    expect((await members.forget(connection)).toSorted()).toEqual(uploads);
    // Whoever was tidying up may have died.
    expect((await members.forget(connection)).toSorted()).toEqual(uploads);
    for (const upload of uploads) await members.dismiss(upload, connection);
    expect(await members.forget(connection)).toEqual([]);
  });

  rule('T39', 'a list of members is whole, however many pages of 1 MB it takes', async () => {
    const { members, open } = tools();
    const upload = await open();
    const name = 'x'.repeat(50_000);
    const admitted = range(50).map(() => ({ ...memberOf(upload), name }));
    await Promise.all(admitted.map((member) => members.admit(member)));
    const listed = await members.members(upload);
    expect(listed.map(({ connection }) => connection)).toEqual(
      admitted.map(({ connection }) => connection).toSorted(),
    );
  });
}

function memberOf(upload: string): Member {
  return {
    upload,
    connection: newId(),
    device: 1,
    deviceId: 'a device',
    name: 'phone',
    role: 'helper',
    proven: true,
    challenge: [],
  };
}

function byNumber<Numbered extends { device: number }>(devices: readonly Numbered[]): Numbered[] {
  return devices.toSorted((a, b) => a.device - b.device);
}
