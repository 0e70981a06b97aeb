import { expect, test } from 'vitest';
import { connectEvent } from '../../infra/local/gateway/events.ts';
import { makeId } from '../../infra/local/gateway/ids.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { makeBigBoard } from '../../test/support/big-board.ts';
import type { Quotas, Sockets } from '../ports.ts';
import { makeSocketHandler } from './handler.ts';

const nobody: Sockets = { post: async () => 'gone', close: async () => {}, isThere: async () => false };

test('of ten thousand connections that one source opens in a minute 600 are let in, and others all the same', async () => {
  const { ports } = await makeBigBoard({ parts: 1, devices: 1, sockets: nobody });
  const taken = new Map<string, number>();
  const quotas: Quotas = {
    async take({ of, who, most }) {
      const count = (taken.get(of + who) ?? 0) + 1;
      taken.set(of + who, count);
      return count <= most;
    },
  };
  const handler = makeSocketHandler({ ...ports, quotas });
  const connectFrom = async (sourceIp: string) => {
    const client = {
      connectionId: makeId(),
      connectedAtMs: 0,
      stage: 'prod',
      domainName: 'abcdef1234.execute-api.eu-central-1.amazonaws.com',
      sourceIp,
      userAgent: 'test',
    };
    return (await handler(connectEvent(client, { headers: [], query: [] }))).statusCode;
  };
  const statuses = await Promise.all(Array.from({ length: 10_000 }, () => connectFrom('203.0.113.66')));
  expect(statuses.filter((status) => status === 200)).toHaveLength(LIMITS.connectionsPerMinute);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10_000 - LIMITS.connectionsPerMinute);
  expect(await connectFrom('203.0.113.67')).toBe(200);
});
