import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import { emptyStripe } from '../../../protocol/board/stripe.ts';
import {
  metaOf,
  newHash,
  newId,
  newShares,
  type Rule,
  type Store,
  sha256Of,
  type Tools,
} from './tools.contract.ts';

/** Rules for what goes over the line to the table: they need to stand between client and endpoint. */
export function wireRules(rule: Rule, tools: () => Tools): void {
  rule('T40', 'every read asks for what was written last', async () => {
    await throughWire(tools(), async (store, wire) => {
      const upload = newId();
      const connection = newId();
      const { uploads, shares, stripes, manifests, members } = store;
      await Promise.all([uploads.meta(upload), uploads.state(upload), shares.find(newHash())]);
      await Promise.all([stripes.load(upload, 0), stripes.loadAll(upload)]);
      await Promise.all([manifests.load(upload, 0), manifests.loadAll(upload)]);
      await Promise.all([members.caller(connection), members.devices(upload)]);
      await Promise.all([members.member(upload, connection), members.members(upload)]);
      await members.forget(connection);
      await Promise.all([shares.get(upload, 'x'), shares.list(upload)]);
      const reads = wire.calls.filter(({ operation }) => operation === 'GetItem' || operation === 'Query');
      expect(reads).toHaveLength(14);
      expect(reads.filter(({ input }) => input.ConsistentRead !== true)).toEqual([]);
    });
  });

  // The client sends a write again when its answer got lost, and by then it has been done.
  rule('T41', 'a creation whose answers get lost has created', async () => {
    await throughWire(tools(), async ({ uploads }, wire) => {
      const meta = metaOf();
      wire.loseAnswers(5);
      expect(await uploads.create(meta, newShares())).toBe('created');
      expect(wire.lost()).toBe(5);
      expect(await uploads.meta(meta.upload)).toEqual(meta);
      expect(await uploads.create({ ...meta, s3UploadId: newId() }, newShares())).toBe('exists');
    });
  });

  rule('T42', 'a finish whose answers get lost is begun, renewed and ended all the same', async () => {
    const { open } = tools();
    await throughWire(tools(), async ({ uploads }, wire) => {
      const ends = [
        { state: 'open' },
        { state: 'finished', finishedAtMs: 5, sha256: 'AAAA-1' },
        { state: 'aborted', abortedAtMs: 5 },
      ] as const;
      for (const end of ends) {
        const upload = await open();
        wire.loseAnswers(3);
        expect(await uploads.beginFinish(upload, 'token', 100, 0)).toBe(true);
        expect(await uploads.renewFinish(upload, 'token', 200)).toBe(true);
        expect(await uploads.endFinish(upload, 'token', end)).toBe(true);
        expect((await uploads.state(upload))?.state).toEqual(end);
      }
      expect(wire.lost()).toBe(9);
    });
  });

  rule('T43', 'full stripes, hashes, devices and members are stored once when answers get lost', async () => {
    const { open } = tools();
    const upload = await open();
    await throughWire(tools(), async ({ uploads, manifests, members }, wire) => {
      wire.loseAnswers(1);
      expect(await uploads.markFull(upload, [1, 2])).toEqual(new Set([1, 2]));
      wire.loseAnswers(1);
      await uploads.unmarkFull(upload, [1]);
      expect((await uploads.state(upload))?.fullStripes).toEqual(new Set([2]));

      wire.loseAnswers(1);
      const hash = { part: 1, sha256: sha256Of('part 1') };
      expect(await manifests.publish(upload, 0, [hash])).toEqual({ state: 'published' });

      const deviceId = newId();
      const device = { name: 'phone', role: 'helper' } as const;
      wire.loseWrites();
      const number = await members.enrol(upload, deviceId, device);
      const member = {
        upload,
        connection: newId(),
        device: number as number,
        deviceId,
        ...device,
        proven: true,
        challenge: [],
      };
      await members.admit(member);
      wire.loseAnswers(0);
      expect(await members.enrol(upload, deviceId, device)).toBe(number);
      expect(await members.devices(upload)).toEqual([{ device: number, ...device }]);
      expect(await members.members(upload)).toEqual([member]);
    });
  });

  rule('T44', 'a stripe whose answer gets lost is stored, whatever its writer was told', async () => {
    const { open } = tools();
    const upload = await open();
    await throughWire(tools(), async ({ stripes }, wire) => {
      const stripe = { ...emptyStripe(0), rev: 1, known: 1n };
      wire.loseAnswers(1);
      await stripes.save(upload, stripe);
      expect(wire.lost()).toBe(1);
      expect(await stripes.load(upload, 0)).toEqual(stripe);
    });
  });
}

interface Wire {
  readonly endpoint: string;
  readonly calls: Array<{ operation: string; input: Record<string, unknown> }>;
  /** The next so many requests are carried out, and their answers never arrive. */
  loseAnswers(count: number): void;
  /** The same for the first try of every write from now on. */
  loseWrites(): void;
  /** How many answers were lost. */
  lost(): number;
  close(): Promise<void>;
}

async function throughWire(
  { endpoint, storeAt }: Tools,
  use: (store: Store, wire: Wire) => Promise<void>,
): Promise<void> {
  const wire = await openWire(endpoint);
  try {
    await use(storeAt(wire.endpoint), wire);
  } finally {
    await wire.close();
  }
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** Loses an answer at most once for a request: the client tries three times. */
async function openWire(target: string): Promise<Wire> {
  const calls: Wire['calls'] = [];
  const lostBodies = new Set<string>();
  let mayLose = (_operation: string) => false;
  let lost = 0;

  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    calls.push({ operation, input: JSON.parse(body.toString()) });
    const sent = httpRequest(target, { method: 'POST', headers: incoming.headers, agent: false });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const answered = await buffer(answer);
    const name = `${operation} ${body}`;
    if (!lostBodies.has(name) && mayLose(operation)) {
      lostBodies.add(name);
      lost++;
      outgoing.destroy();
    } else {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(answered);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    loseAnswers(count) {
      let left = count;
      mayLose = () => left-- > 0;
    },
    loseWrites() {
      mayLose = (operation) => WRITES.has(operation);
    },
    lost: () => lost,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
