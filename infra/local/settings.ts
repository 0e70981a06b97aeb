import { resolve } from 'node:path';
import { z } from 'zod';

const PORT_RANGE = 'a port from 0 (any free one) to 65535';
const Address = z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' });
const DataName = z
  .string()
  .regex(/^[\w.-]{3,255}$/, '3 to 255 letters, digits, dots, dashes and underscores');

/** Each expectation is the end of a sentence: `PORT is "x"; expected …`. */
const Variables = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, PORT_RANGE)
    .transform(Number)
    .refine((port) => port <= 65_535, PORT_RANGE)
    .default(8_080),
  HOST: z.string().optional(),
  ALLOWED_HOSTS: z
    .string()
    .regex(/^[\w.-]+(\s*,\s*[\w.-]+)*$/, 'names, separated by commas')
    .optional(),
  DATA_DIR: z.string().default('.tributary'),
  BUNDLES_FROM: z.string().optional(),
  S3_ENDPOINT: Address.optional(),
  S3_BUCKET: DataName.optional(),
  S3_FORCE_PATH_STYLE: z
    .enum(['true', 'false', '1', '0'], { error: 'true or false' })
    .transform((value) => value === 'true' || value === '1')
    .default(false),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  OIDC_ISSUER: z.url({ protocol: /^https$/, error: 'an https:// address' }).optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  DYNAMODB_ENDPOINT: Address.optional(),
  TABLE_NAME: DataName.default('tributary'),
  AWS_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/i, 'a region such as us-east-1')
    .default('us-east-1'),
});

/** What `npm start` can be told by its environment. */
export interface Settings {
  port: number;
  /** Undefined: all addresses of this machine, so that a phone on the LAN can come. */
  host: string | undefined;
  /** Names by which this server may be called, beside its addresses and the machine's name. */
  allowedHosts: string[];
  dataFolder: string;
  /** A folder that `cdk synth` wrote (`cdk.out`): its bundles run in place of the sources. Undefined: the sources. */
  bundles: string | undefined;
  region: string;
  tableName: string;
  /** Another OpenID Connect issuer in place of the embedded one. */
  signIn: { issuer: string; clientId: string } | undefined;
  /** A table elsewhere in place of the embedded one. */
  dynamoEndpoint: string | undefined;
  store: { kind: 'embedded' } | StoreElsewhere;
}

export interface StoreElsewhere {
  kind: 'elsewhere';
  bucket: string;
  /** Undefined: AWS. */
  endpoint: string | undefined;
  forcePathStyle: boolean;
  /** Undefined: the usual AWS ones. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
}

/** A setting that cannot be: one line for a person. */
export class SettingsError extends Error {}

export function readSettings(variables: Record<string, string | undefined>): Settings {
  // An empty variable is one that was not meant.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = Variables.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? '');
    throw new SettingsError(
      `${name} is ${JSON.stringify(given[name])}; expected ${issue?.message ?? 'something else'}.`,
    );
  }
  const { PORT, HOST, ALLOWED_HOSTS, DATA_DIR, BUNDLES_FROM, DYNAMODB_ENDPOINT, TABLE_NAME, AWS_REGION } =
    parsed.data;
  return {
    port: PORT,
    host: HOST,
    allowedHosts: [...(ALLOWED_HOSTS?.split(/\s*,\s*/) ?? []), ...(HOST ? [HOST] : [])],
    dataFolder: resolve(DATA_DIR),
    bundles: BUNDLES_FROM === undefined ? undefined : resolve(BUNDLES_FROM),
    region: AWS_REGION,
    tableName: TABLE_NAME,
    signIn: signInOf(parsed.data),
    dynamoEndpoint: DYNAMODB_ENDPOINT,
    store: storeOf(parsed.data),
  };
}

function signInOf({ OIDC_ISSUER, OIDC_CLIENT_ID }: z.infer<typeof Variables>): Settings['signIn'] {
  if (Boolean(OIDC_ISSUER) !== Boolean(OIDC_CLIENT_ID)) {
    const [set, missing] = OIDC_ISSUER
      ? ['OIDC_ISSUER', 'OIDC_CLIENT_ID']
      : ['OIDC_CLIENT_ID', 'OIDC_ISSUER'];
    throw new SettingsError(`${set} is set; ${missing} has to be set too.`);
  }
  return OIDC_ISSUER && OIDC_CLIENT_ID ? { issuer: OIDC_ISSUER, clientId: OIDC_CLIENT_ID } : undefined;
}

function storeOf(variables: z.infer<typeof Variables>): Settings['store'] {
  const { S3_ENDPOINT, S3_BUCKET, S3_FORCE_PATH_STYLE, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = variables;
  if (!S3_BUCKET) {
    if (S3_ENDPOINT) throw new SettingsError('S3_ENDPOINT is set; S3_BUCKET has to name a bucket there.');
    return { kind: 'embedded' };
  }
  if (Boolean(S3_ACCESS_KEY_ID) !== Boolean(S3_SECRET_ACCESS_KEY)) {
    const [set, missing] = S3_ACCESS_KEY_ID ? KEY_PAIR : KEY_PAIR.toReversed();
    throw new SettingsError(`${set} is set; ${missing} has to be set too.`);
  }
  return {
    kind: 'elsewhere',
    bucket: S3_BUCKET,
    endpoint: S3_ENDPOINT,
    forcePathStyle: S3_FORCE_PATH_STYLE,
    credentials:
      S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY
        ? { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY }
        : undefined,
  };
}

const KEY_PAIR = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'];
