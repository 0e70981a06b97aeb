import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { readEnvironment } from '../../functions/environment.ts';
import { instanceKeyHash } from '../../functions/hashing.ts';
import { makeIdentity } from '../../functions/identity/identity.ts';
import { meteredBucket } from '../../functions/metering/metered-bucket.ts';
import type { Log, Ports } from '../../functions/ports.ts';
import { makePorts } from '../../functions/ports-on-aws.ts';
import type { Rules } from '../../functions/rules.ts';
import { SWEEP_EVERY_MS } from '../../functions/sweep/period.ts';
import { makeTable } from '../../functions/table/table.ts';
import { LIMITS, type Limits } from '../../protocol/limits.ts';
import { lanOrigins } from './addresses.ts';
import { type Ledger, makeLedger } from './billing/ledger.ts';
import { embeddedCredentials } from './credentials.ts';
import { openDataFolder } from './data-folder.ts';
import { makeDoor } from './door.ts';
import { closeServer, listen, openEdge, STAGE, STORE_PATH } from './edge.ts';
import { makeFront } from './front.ts';
import {
  FINISH_FUNCTION,
  functionsFromBundles,
  functionsFromSources,
  NOTIFY_FUNCTION,
  SWEEP_FUNCTION,
} from './functions.ts';
import { type Gateway, makeGateway } from './gateway/gateway.ts';
import { API_GATEWAY_LIMITS, type GatewayLimits } from './gateway/limits.ts';
import { type Health, makeHealth } from './health.ts';
import { instanceKey } from './instance-key.ts';
import { objectCreatedEvent, scheduledEvent } from './lambda/aws-events.ts';
import { type Lambda, makeLambda } from './lambda/lambda.ts';
import { makeObjectStore, type ObjectStore } from './objectstore/object-store.ts';
import { makeSignInServer } from './oidc/provider.ts';
import { copyPage, makePage } from './page.ts';
import { runEvery } from './schedule.ts';
import type { Settings, StoreElsewhere } from './settings.ts';
import { createTable } from './table/create-table.ts';
import { startTableEngine } from './table/table-engine.ts';

export interface RunningServer {
  port: number;
  /** Where devices of the same network find the page. */
  lanOrigins: string[];
  /** What lets them create uploads there. */
  key: string;
  health(): Promise<Health>;
  close(): Promise<void>;
}

export interface ServerOptions {
  settings: Settings;
  /** The built page. */
  pageFolder: string;
  version: string;
  log: Log;
  /** A line for whoever looks at the terminal: what wants something of a person. */
  tell?: (line: string) => void;
  limits?: GatewayLimits;
  /** What one may take; a test makes them small. */
  rations?: Limits;
  /** The functions' clock, epoch milliseconds. */
  nowMs?: () => number;
}

const BUCKET = 'tributary';
/** Work under way may end when the server is told to stop; a finish of minutes may not hold it up. */
const CLOSE_WITHIN_MS = 5_000;

const diskFull = ({ dataFolder }: Settings) =>
  `The disk with ${dataFolder} is full: what comes now is not stored. What is uploaded is kept, and uploads go on by themselves once there is room.`;
const ROOM_AGAIN = 'There is room on the disk again: uploads go on.';

/** Two stores on one disk: told once that it is full, by whichever finds out, and of room once both have found some. */
function tellerOfDisk(settings: Settings, tell: ServerOptions['tell']) {
  const full = new Set<string>();
  return (what: 'the table' | 'the store') => (isFull: boolean) => {
    const wasFull = full.size > 0;
    if (isFull) full.add(what);
    else full.delete(what);
    if (full.size > 0 !== wasFull) tell?.(wasFull ? ROOM_AGAIN : diskFull(settings));
  };
}

/** Everything on one machine: the very handlers and SDK clients of AWS, on embedded engines, behind one port. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { settings, log, version } = options;
  const nowMs = () => Date.now();
  const tellOfDisk = tellerOfDisk(settings, options.tell);
  const folder = await openDataFolder(settings.dataFolder);
  const closers: Array<() => Promise<void>> = [() => folder.release()];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const table = settings.dynamoEndpoint
      ? undefined
      : await startTableEngine({
          folder: join(settings.dataFolder, 'table'),
          log,
          onFull: tellOfDisk('the table'),
        });
    if (table) closers.push(() => table.close());
    const dynamoEndpoint = settings.dynamoEndpoint ?? table?.endpoint ?? '';
    await createTable(settings.tableName, settings.region, dynamoEndpoint);

    const credentials =
      settings.store.kind === 'embedded' ? await embeddedCredentials(settings.dataFolder) : undefined;
    const store = credentials
      ? await makeObjectStore({
          folder: join(settings.dataFolder, 'objects'),
          bucket: BUCKET,
          region: settings.region,
          credentials,
          basePath: STORE_PATH,
          nowMs,
          log,
          onFull: tellOfDisk('the store'),
          onCompleted: (completed) =>
            lambda?.start(
              NOTIFY_FUNCTION,
              objectCreatedEvent({ ...completed, bucket: BUCKET, region: settings.region, nowMs: nowMs() }),
            ),
        })
      : undefined;
    if (store) closers.push(() => store.close());

    // Handlers, gateway and edge know one another: the edge looks its routes up when it is called.
    let gateway: Gateway | undefined;
    let lambda: Lambda | undefined;
    const edge = await openEdge(() => ({
      connections: (request, response) => gateway?.connections(request, response),
      lambda: (request, response) => lambda?.listener(request, response),
      objectStore: store?.listener,
    }));
    closers.push(() => edge.close());

    const variables = {
      AWS_REGION: settings.region,
      TABLE_NAME: settings.tableName,
      DYNAMODB_ENDPOINT: dynamoEndpoint,
      CONNECTIONS_ENDPOINT: `${edge.origin}/${STAGE}`,
      LAMBDA_ENDPOINT: edge.origin,
      FINISH_FUNCTION,
      ...storeVariables(
        settings.store.kind === 'elsewhere'
          ? settings.store
          : { bucket: BUCKET, endpoint: edge.origin + STORE_PATH, forcePathStyle: true, credentials },
      ),
      S3_PUBLIC_PATH: store && STORE_PATH,
    };
    const environment = readEnvironment(variables);
    const ledger = makeLedger({ nowMs, log });
    const ports = meteredPorts(makePorts(environment, ledger.log, options.nowMs, ledger.meter), ledger);
    const key = await instanceKey(settings.dataFolder);
    const limits = options.rations ?? LIMITS;
    const people = await makeSignInServer({
      folder: settings.dataFolder,
      keyHash: instanceKeyHash(key),
      table: makeTable(settings.tableName, settings.region, dynamoEndpoint),
      quotas: ports.quotas,
      limits,
      nowMs,
      log,
    });
    const door = makeDoor(settings.allowedHosts);
    const rules: Rules = {
      limits,
      create: { by: 'key-holders', keyHash: instanceKeyHash(key) },
      identity: makeIdentity(settings.signIn ?? people.identity),
    };
    const functions = settings.bundles
      ? await functionsFromBundles(settings.bundles, { ...variables, ...signingKeys() }, log)
      : functionsFromSources(ports, ledger, rules);
    closers.push(() => functions.close());
    const running = makeLambda({ functions: functions.named, log });
    lambda = running;
    closers.push(() => within(CLOSE_WITHIN_MS, running.close()));
    const sockets = makeGateway({
      handler: functions.socket,
      stage: STAGE,
      limits: options.limits ?? API_GATEWAY_LIMITS,
      allowOrigin: door.isSameOrigin,
      connectionsAtOnce: rules.limits.connectionsAtOnce,
      nowMs,
      log,
    });
    gateway = sockets;

    const s3 = new S3Client({
      region: environment.region,
      forcePathStyle: environment.s3ForcePathStyle,
      ...(environment.s3Endpoint ? { endpoint: environment.s3Endpoint } : {}),
      ...(environment.s3Credentials ? { credentials: environment.s3Credentials } : {}),
    });
    const roomFor = (engine: { isFull(): boolean } | undefined) => {
      if (engine?.isFull()) throw new Error(`the disk with ${settings.dataFolder} is full`);
    };
    const health = makeHealth(version, {
      'the table': async () => {
        roomFor(table);
        await ports.shares.find('healthz');
      },
      'the store': async () => {
        await s3.send(new HeadBucketCommand({ Bucket: environment.bucket }));
        roomFor(store);
      },
    });
    const pageFolder = join(settings.dataFolder, 'page');
    await copyPage(options.pageFolder, pageFolder);
    let port = settings.port;
    const front = makeFront({
      objectStore: store && watched(store, ledger),
      door,
      page: makePage(pageFolder, connectTo(settings)),
      signIn: settings.signIn ? undefined : people.listener,
      config: { socketUrl: 'ws', signIn: settings.signIn ?? people.signIn },
      upgrade: sockets.upgrade,
      connectionsAtOnce: limits.connectionsAtOnce,
      lan: () => lanOrigins(settings.host, port),
      health,
    });
    await listen(front, settings.port, settings.host);
    port = (front.address() as AddressInfo).port;
    closers.push(() => closeServer(front));
    // At once as well: what was under way when the last process died goes on although nobody comes back to it.
    const sweeps = runEvery(SWEEP_EVERY_MS, () =>
      running.start(SWEEP_FUNCTION, scheduledEvent('sweep', settings.region, nowMs())),
    );
    closers.push(async () => sweeps.stop());
    // Closed first: the front waits for its sockets.
    closers.push(() => within(CLOSE_WITHIN_MS, sockets.close()));
    return { port, lanOrigins: lanOrigins(settings.host, port), key, health, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** What goes over the bucket and to the sockets is counted; the table's meter is in its client. */
function meteredPorts(ports: Ports, ledger: Ledger): Ports {
  return {
    ...ports,
    bucket: meteredBucket(ports.bucket, ledger.meter),
    sockets: ledger.sockets(ports.sockets),
  };
}

/** The store as devices reach it: what the functions ask of it is counted where they ask. */
function watched(store: ObjectStore, ledger: Ledger): Pick<ObjectStore, 'listener' | 'continueListener'> {
  const counted =
    (listener: RequestListener): RequestListener =>
    (request, response) => {
      ledger.storeRequest(request.method ?? '', request.url ?? '');
      listener(request, response);
    };
  return { listener: counted(store.listener), continueListener: counted(store.continueListener) };
}

/** In Lambda they are in every function's environment. */
function signingKeys(): Record<string, string | undefined> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  return { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN };
}

function storeVariables(store: Omit<StoreElsewhere, 'kind'>): Record<string, string | undefined> {
  return {
    S3_BUCKET: store.bucket,
    S3_ENDPOINT: store.endpoint,
    S3_FORCE_PATH_STYLE: String(store.forcePathStyle),
    S3_ACCESS_KEY_ID: store.credentials?.accessKeyId,
    S3_SECRET_ACCESS_KEY: store.credentials?.secretAccessKey,
  };
}

/** Where the page sends parts, and who signs people in, if that is not where it came from. */
function connectTo({ signIn, store, region }: Settings): string[] {
  return [...storeOrigins({ store, region }), ...(signIn ? [new URL(signIn.issuer).origin] : [])];
}

function storeOrigins({ store, region }: Pick<Settings, 'store' | 'region'>): string[] {
  if (store.kind === 'embedded') return [];
  if (store.endpoint === undefined) return [`https://${store.bucket}.s3.${region}.amazonaws.com`];
  const { protocol, host, origin } = new URL(store.endpoint);
  return [origin, ...(store.forcePathStyle ? [] : [`${protocol}//${store.bucket}.${host}`])];
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  await Promise.race([work, sleep(ms, undefined, { ref: false })]);
}
