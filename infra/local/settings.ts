import { resolve } from 'node:path';
import { z } from 'zod';

const Port = z
  .string()
  .regex(/^\d+$/, 'a whole number')
  .transform(Number)
  .refine((port) => port <= 65_535, 'a port from 0 (any free one) to 65535');

const Variables = z.object({
  PORT: Port.default(8_080),
  HOST: z.string().min(1).optional(),
  DATA_DIR: z.string().min(1).default('.tributary'),
  S3_ENDPOINT: z.url().optional(),
  S3_BUCKET: z.string().min(3).optional(),
  S3_FORCE_PATH_STYLE: z.string().optional(),
  DYNAMODB_ENDPOINT: z.url().optional(),
  TABLE_NAME: z.string().min(3).default('tributary'),
  AWS_REGION: z.string().min(1).default('us-east-1'),
});

/** What `npm start` can be told by its environment. */
export interface Settings {
  port: number;
  /** Undefined: all addresses of this machine, so that a phone on the LAN can come. */
  host: string | undefined;
  dataFolder: string;
  region: string;
  tableName: string;
  /** A table elsewhere in place of the embedded one. */
  dynamoEndpoint: string | undefined;
  store: { kind: 'embedded' } | { kind: 'elsewhere'; endpoint: string | undefined; bucket: string };
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
  const { PORT, HOST, DATA_DIR, S3_ENDPOINT, S3_BUCKET, DYNAMODB_ENDPOINT, TABLE_NAME, AWS_REGION } =
    parsed.data;
  if (S3_ENDPOINT && !S3_BUCKET)
    throw new SettingsError('S3_ENDPOINT is set; S3_BUCKET has to name a bucket there.');
  return {
    port: PORT,
    host: HOST,
    dataFolder: resolve(DATA_DIR),
    region: AWS_REGION,
    tableName: TABLE_NAME,
    dynamoEndpoint: DYNAMODB_ENDPOINT,
    store: S3_BUCKET ? { kind: 'elsewhere', endpoint: S3_ENDPOINT, bucket: S3_BUCKET } : { kind: 'embedded' },
  };
}
