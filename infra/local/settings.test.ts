import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.ts';

const refusalOf = (variables: Record<string, string>): string => {
  try {
    readSettings(variables);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'none';
};

test('nothing has to be set', () => {
  expect(readSettings({})).toEqual({
    port: 8_080,
    host: undefined,
    allowedHosts: [],
    dataFolder: resolve('.tributary'),
    bundles: undefined,
    region: 'us-east-1',
    tableName: 'tributary',
    signIn: undefined,
    dynamoEndpoint: undefined,
    store: { kind: 'embedded' },
  });
});

test('everything can be set', () => {
  const settings = readSettings({
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: '/srv/data',
    S3_ENDPOINT: 'http://store:9000',
    S3_BUCKET: 'films',
    S3_FORCE_PATH_STYLE: 'true',
    S3_ACCESS_KEY_ID: 'id',
    S3_SECRET_ACCESS_KEY: 'secret',
    DYNAMODB_ENDPOINT: 'https://table.example/',
    TABLE_NAME: 'board',
    AWS_REGION: 'eu-central-1',
  });
  expect(settings).toEqual({
    port: 0,
    host: '127.0.0.1',
    allowedHosts: ['127.0.0.1'],
    dataFolder: resolve('/srv/data'),
    bundles: undefined,
    region: 'eu-central-1',
    tableName: 'board',
    signIn: undefined,
    dynamoEndpoint: 'https://table.example/',
    store: {
      kind: 'elsewhere',
      bucket: 'films',
      endpoint: 'http://store:9000',
      forcePathStyle: true,
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    },
  });
});

test('a variable that is set to nothing is not set', () => {
  const names = ['PORT', 'HOST', 'DATA_DIR', 'S3_ENDPOINT', 'S3_BUCKET', 'S3_FORCE_PATH_STYLE'];
  const others = [
    'S3_ACCESS_KEY_ID',
    'S3_SECRET_ACCESS_KEY',
    'DYNAMODB_ENDPOINT',
    'TABLE_NAME',
    'AWS_REGION',
  ];
  expect(readSettings(Object.fromEntries([...names, ...others].map((name) => [name, ''])))).toEqual(
    readSettings({}),
  );
});

test('a bucket alone is one at AWS, by the usual credentials', () => {
  expect(readSettings({ S3_BUCKET: 'films' }).store).toEqual({
    kind: 'elsewhere',
    bucket: 'films',
    endpoint: undefined,
    forcePathStyle: false,
    credentials: undefined,
  });
});

describe('what cannot be is refused with its name, its value and what was expected', () => {
  const PORT = 'a port from 0 (any free one) to 65535';
  const ADDRESS = 'an http:// or https:// address';
  const NAME = '3 to 255 letters, digits, dots, dashes and underscores';
  test.each([
    ['PORT', 'http', PORT],
    ['PORT', '-1', PORT],
    ['PORT', '80.5', PORT],
    ['PORT', '65536', PORT],
    ['PORT', '1e3', PORT],
    ['S3_ENDPOINT', 'localhost:9000', ADDRESS],
    ['S3_ENDPOINT', 'ftp://store', ADDRESS],
    ['DYNAMODB_ENDPOINT', '127.0.0.1:8000', ADDRESS],
    ['S3_BUCKET', 'my bucket', NAME],
    ['TABLE_NAME', 't', NAME],
    ['S3_FORCE_PATH_STYLE', 'yes', 'true or false'],
    ['AWS_REGION', 'no where', 'a region such as us-east-1'],
  ])('%s=%s', (name, value, expected) => {
    const message = refusalOf({ S3_BUCKET: 'films', [name]: value });
    expect(message).toBe(`${name} is ${JSON.stringify(value)}; expected ${expected}.`);
  });
});

test('what needs another variable names it, and never a secret', () => {
  expect(refusalOf({ S3_ENDPOINT: 'http://store:9000' })).toBe(
    'S3_ENDPOINT is set; S3_BUCKET has to name a bucket there.',
  );
  expect(refusalOf({ S3_BUCKET: 'films', S3_ACCESS_KEY_ID: 'id' })).toBe(
    'S3_ACCESS_KEY_ID is set; S3_SECRET_ACCESS_KEY has to be set too.',
  );
  expect(refusalOf({ S3_BUCKET: 'films', S3_SECRET_ACCESS_KEY: 'secret' })).toBe(
    'S3_SECRET_ACCESS_KEY is set; S3_ACCESS_KEY_ID has to be set too.',
  );
});
