import type { Hold } from '../../protocol/board/hold.ts';
import type { Role } from '../../protocol/messages/common.ts';
import type { Caller, EnrolledDevice, Member, Members } from '../ports.ts';
import {
  callerKey,
  connectionPartition,
  DEVICE_PREFIX,
  deviceKey,
  JOINED_PREFIX,
  joinedKey,
  MEMBER_PREFIX,
  memberKey,
  stateKey,
  ttlOf,
  uploadPartition,
} from './keys.ts';
import type { Item, Table } from './table.ts';

/** API Gateway ends every connection after 2 h; what was not tidied up by then may go. */
const CONNECTION_LIFE_MS = 2 * 3_600_000;

export function makeMembers(table: Table, nowMs: () => number): Members {
  const connectionTtl = () => ttlOf(nowMs() + CONNECTION_LIFE_MS);
  return {
    async greet(caller) {
      await table.put({ ...callerKey(caller.connection), ...caller, ttlS: connectionTtl() });
    },

    async caller(connection) {
      const item = await table.get(callerKey(connection));
      if (!item) return undefined;
      const { deviceId, name, subject, subjectUntilMs = 0 } = item as unknown as Caller;
      const caller = { connection, deviceId, name };
      return subject && subjectUntilMs > nowMs() ? { ...caller, subject, subjectUntilMs } : caller;
    },

    async enrol(upload, deviceId, { name, role, share }, most = Number.MAX_SAFE_INTEGER) {
      const known = await table.get(deviceKey(upload, deviceId));
      if (known?.stoppedAtMs !== undefined) return 'stopped';
      if (known) {
        if (known.name !== name || known.role !== role || known.share !== share) {
          await table.update(deviceKey(upload, deviceId), {
            update: `SET #name = :name, #role = :role ${share ? ', #share = :share' : 'REMOVE #share'}`,
            names: { '#name': 'name', '#role': 'role', '#share': 'share' },
            values: { ':name': name, ':role': role, ...(share ? { ':share': share } : {}) },
          });
        }
        return known.device as number;
      }
      const counted = await table.update(stateKey(upload), {
        update: 'ADD devices :one',
        condition: 'devices < :most',
        values: { ':one': 1, ':most': most },
      });
      if (!counted) return 'full';
      const device = counted.devices as number;
      const isFirst = await table.put(
        { ...deviceKey(upload, deviceId), device, name, role, share },
        { expression: 'attribute_not_exists(pk)' },
      );
      // Two connections of one device at once: the first number stays, the other is never used.
      return isFirst ? device : ((await table.get(deviceKey(upload, deviceId)))?.device as number);
    },

    async devices(upload) {
      return (await table.query(uploadPartition(upload), DEVICE_PREFIX)).map(deviceOfItem);
    },

    async holds(upload, deviceId) {
      const item = await table.get(deviceKey(upload, deviceId));
      return (item?.holds as Hold[] | undefined) ?? [];
    },

    async noteHolds(upload, deviceId, holds) {
      await table.update(deviceKey(upload, deviceId), {
        update: 'SET holds = :holds',
        condition: 'attribute_exists(pk)',
        values: { ':holds': holds },
      });
    },

    async stop(upload, devices, nowMs) {
      const items = await table.query(uploadPartition(upload), DEVICE_PREFIX);
      for (const { pk, sk } of items.filter((item) => devices.has(item.device as number))) {
        await table.update(
          { pk: String(pk), sk: String(sk) },
          { update: 'SET stoppedAtMs = :now', values: { ':now': nowMs } },
        );
      }
    },

    async admit(member) {
      const ttlS = connectionTtl();
      // The way back first: whatever is a member can be found by its `$disconnect`.
      await table.put({ ...joinedKey(member.connection, member.upload), ttlS });
      await table.put({ ...memberKey(member.upload, member.connection), ...member, ttlS });
    },

    async member(upload, connection) {
      const item = await table.get(memberKey(upload, connection));
      return item && memberOfItem(item);
    },

    async members(upload) {
      return (await table.query(uploadPartition(upload), MEMBER_PREFIX)).map(memberOfItem);
    },

    async dismiss(upload, connection) {
      await table.delete(memberKey(upload, connection));
      await table.delete(joinedKey(connection, upload));
    },

    async forget(connection) {
      const joined = await table.query(connectionPartition(connection), JOINED_PREFIX);
      await table.delete(callerKey(connection));
      return joined.map((item) => String(item.sk).slice(JOINED_PREFIX.length));
    },
  };
}

function memberOfItem(item: Item): Member {
  const { pk, sk, ttlS, ...member } = item;
  return member as unknown as Member;
}

function deviceOfItem(item: Item): EnrolledDevice {
  const device = { device: item.device as number, name: item.name as string, role: item.role as Role };
  return typeof item.share === 'string' ? { ...device, share: item.share } : device;
}
