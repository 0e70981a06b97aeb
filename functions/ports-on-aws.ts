import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from './environment.ts';
import { lazily } from './lazily.ts';
import type { TableMeter } from './metering/meter.ts';
import { noMailer } from './notify/no-mailer.ts';
import type { Bucket, Finisher, Log, Mailer, Ports } from './ports.ts';
import { makeSockets } from './sockets/sockets.ts';
import { makeManifests } from './table/manifests.ts';
import { makeMembers } from './table/members.ts';
import { makeNotices } from './table/notices.ts';
import { makePeople } from './table/people.ts';
import { makeQuotas } from './table/quotas.ts';
import { makeRegister } from './table/register.ts';
import { makeShares } from './table/shares.ts';
import { makeStripes } from './table/stripes.ts';
import { makeTable } from './table/table.ts';
import { makeUploads } from './table/uploads.ts';

const BUCKET_METHODS: Record<keyof Bucket, true> = {
  create: true,
  signParts: true,
  signDownload: true,
  listParts: true,
  complete: true,
  head: true,
  abort: true,
};

/** One JSON line a happening, as CloudWatch likes them. */
export const logToStdout: Log = (entry) => console.log(JSON.stringify(entry));

/**
 * All ports on the AWS SDK; on one machine the endpoints are embedded ones. `meter`: is told what the table consumed.
 */
export function makePorts(
  environment: Environment,
  log: Log = logToStdout,
  nowMs = () => Date.now(),
  meter?: TableMeter,
  mailer: Mailer = noMailer,
): Ports {
  const { region } = environment;
  const table = makeTable(environment.tableName, region, environment.dynamoEndpoint, meter);
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
    mailer,
    bucket: lazily<Bucket>(BUCKET_METHODS, async () => {
      const { makeBucket } = await import('./bucket/bucket.ts');
      return makeBucket({
        bucket: environment.bucket,
        region,
        endpoint: environment.s3Endpoint,
        forcePathStyle: environment.s3ForcePathStyle,
        credentials: environment.s3Credentials,
        publicPath: environment.s3PublicPath,
        nowMs,
      });
    }),
    sockets: makeSockets({ region, endpoint: environment.connectionsEndpoint, log }),
    finisher: lazily<Finisher>({ start: true }, async () => {
      const { makeFinisher } = await import('./finish/finisher.ts');
      return makeFinisher({
        region,
        endpoint: environment.lambdaEndpoint,
        functionName: environment.finishFunction,
      });
    }),
    clock: { nowMs, sleep: (ms) => sleep(ms) },
    random: Math.random,
    newToken: () => randomBytes(16).toString('base64url'),
    log,
  };
}
