import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { noMailer } from '../../functions/notify/no-mailer.ts';
import type { Finisher, Log, Ports, Sockets } from '../../functions/ports.ts';
import { makeManifests } from '../../functions/table/manifests.ts';
import { makeMembers } from '../../functions/table/members.ts';
import { makeNotices } from '../../functions/table/notices.ts';
import { makePeople } from '../../functions/table/people.ts';
import { makeQuotas } from '../../functions/table/quotas.ts';
import { makeRegister } from '../../functions/table/register.ts';
import { makeShares } from '../../functions/table/shares.ts';
import { makeStripes } from '../../functions/table/stripes.ts';
import { makeUploads } from '../../functions/table/uploads.ts';
import type { Engines } from './finish-scene.ts';

export interface Surroundings {
  nowMs: () => number;
  log: Log;
  sockets: Sockets;
  finisher: Finisher;
}

/** The functions' ports on the embedded engines, with what is around them in the test's hands. */
export function makePortsOn(
  { table, bucket }: Pick<Engines, 'table' | 'bucket'>,
  around: Surroundings,
): Ports {
  const { nowMs, log, sockets, finisher } = around;
  return {
    uploads: makeUploads(table),
    shares: makeShares(table),
    people: makePeople(table),
    quotas: makeQuotas(table, nowMs),
    stripes: makeStripes(table),
    manifests: makeManifests(table),
    members: makeMembers(table, nowMs),
    register: makeRegister(table),
    notices: makeNotices(table),
    mailer: noMailer,
    bucket,
    sockets,
    finisher,
    clock: { nowMs, sleep: (ms) => sleep(ms) },
    random: Math.random,
    newToken: () => randomBytes(16).toString('base64url'),
    log,
  };
}
