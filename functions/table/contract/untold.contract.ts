import { expect } from 'vitest';
import type { Stripes } from '../../ports.ts';
import { newId, type Rule, race, type Tools } from './tools.contract.ts';

const NOTHING = { stripes: [], rates: [], n: 0 };

/** Rules for changes that are told together: one tells, all are told, and nobody waits for one who died. */
export function untoldRules(rule: Rule, tools: () => Tools): void {
  const add = (stripes: Stripes, upload: string, device: number, nowMs = 0) =>
    stripes.defer(
      upload,
      { stripes: [device % 3], device, rateBps: 1_000 * device },
      { token: `token ${device}`, untilMs: nowMs + 100, nowMs },
    );

  rule('T70', 'of many who note a change at once it is the turn of one, who finds them all', async () => {
    const { stripes } = tools();
    const upload = newId();
    const turns = await race(12, (i) => add(stripes, upload, i + 1));
    expect(turns.filter((turn) => turn === 'ours')).toHaveLength(1);
    const token = `token ${turns.indexOf('ours') + 1}`;
    const untold = await stripes.untold(upload, token);
    expect([...(untold?.stripes ?? [])].sort()).toEqual([0, 1, 2]);
    expect(new Map(untold?.rates)).toEqual(new Map(turns.map((_, i) => [i + 1, 1_000 * (i + 1)])));
    expect(untold?.n).toBe(12);
    expect(await stripes.untold(upload, 'token 99')).toBeUndefined();
  });

  rule('T71', 'what was told is gone, and the next to note something has the turn', async () => {
    const { stripes } = tools();
    const upload = newId();
    await add(stripes, upload, 1);
    const untold = (await stripes.untold(upload, 'token 1')) ?? NOTHING;
    expect(await stripes.told(upload, 'token 1', untold)).toBe(true);
    expect(await stripes.untold(upload, 'token 1')).toBeUndefined();
    expect(await add(stripes, upload, 2)).toBe('ours');
    expect(await stripes.untold(upload, 'token 2')).toMatchObject({ stripes: [2], rates: [[2, 2_000]] });
  });

  rule('T72', 'what came while others were told of is not taken for told', async () => {
    const { stripes } = tools();
    const upload = newId();
    await add(stripes, upload, 1);
    const untold = (await stripes.untold(upload, 'token 1')) ?? NOTHING;
    expect(await add(stripes, upload, 2)).toBe('theirs');
    expect(await stripes.told(upload, 'token 1', untold)).toBe(false);
    // The turn goes on, until it is given up.
    expect(await add(stripes, upload, 3)).toBe('theirs');
    await stripes.resign(upload, 'token 1');
    expect(await stripes.untold(upload, 'token 1')).toBeUndefined();
    expect(await add(stripes, upload, 4)).toBe('ours');
    const left = await stripes.untold(upload, 'token 4');
    expect([...(left?.stripes ?? [])].sort()).toEqual([0, 1, 2]);
  });

  rule(
    'T53',
    'a turn whose time has run out is taken over by one, and its holder has no more say',
    async () => {
      const { stripes } = tools();
      const upload = newId();
      await add(stripes, upload, 1);
      const stale = (await stripes.untold(upload, 'token 1')) ?? NOTHING;
      expect(await add(stripes, upload, 2, 99)).toBe('theirs');
      const turns = await race(6, (i) => add(stripes, upload, i + 3, 100));
      expect(turns.filter((turn) => turn === 'ours')).toHaveLength(1);
      const token = `token ${turns.indexOf('ours') + 3}`;
      expect(await stripes.told(upload, 'token 1', stale)).toBe(false);
      await stripes.resign(upload, 'token 1');
      expect((await stripes.untold(upload, token))?.n).toBe(8);
    },
  );
}
