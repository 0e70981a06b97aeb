import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { METRIC_NAMES } from '../../functions/observing/metrics.ts';
import { TABLE_SCHEMA } from '../../functions/table/keys.ts';
import { synthesise } from '../../test/support/synthesised.ts';

// What must never regress. That cdk-nag finds nothing unexplained is part of it: `synthesise` throws otherwise.
const { lasting, running, outdir } = synthesise();
const HANDBOOK = readFileSync(new URL('../../docs/OPERATIONS.md', import.meta.url), 'utf8');

interface Resource {
  Type: string;
  DeletionPolicy?: string;
  Properties: Record<string, unknown>;
}
const resourcesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)) as unknown as Resource[];

describe('what is stored', () => {
  test('the table has the keys that the functions use, and forgets by the attribute that they write', () => {
    lasting.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [
        { AttributeName: TABLE_SCHEMA.partitionKey, KeyType: 'HASH' },
        { AttributeName: TABLE_SCHEMA.sortKey, KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: TABLE_SCHEMA.ttlAttribute, Enabled: true },
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
  });

  test('no bucket is public, unencrypted or reached without TLS', () => {
    for (const template of [lasting, running]) {
      for (const { Properties } of resourcesOf(template, 'AWS::S3::Bucket')) {
        expect(Properties).toMatchObject({
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
            ],
          },
        });
      }
    }
    const policies = resourcesOf(lasting, 'AWS::S3::BucketPolicy');
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) {
      expect(JSON.stringify(Properties)).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
    }
  });

  test('the bucket of files ends uploads that nobody ends, says what is complete, and lets the page alone put', () => {
    lasting.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 14 } })],
      },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      CorsConfiguration: {
        CorsRules: [
          {
            AllowedMethods: ['PUT'],
            AllowedOrigins: [
              {
                'Fn::Join': [
                  '',
                  ['https://', { 'Fn::GetAtt': [Match.stringLikeRegexp('Distribution'), 'DomainName'] }],
                ],
              },
            ],
            AllowedHeaders: ['x-amz-checksum-sha256', 'content-type'],
            ExposedHeaders: ['x-amz-request-id'],
            MaxAge: 3_600,
          },
        ],
      },
    });
  });

  test('table, files and people stay when a stack goes', () => {
    const kept = Object.values(lasting.toJSON().Resources as Record<string, Resource>).filter(
      ({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain'),
    );
    expect(kept.map(({ Type }) => Type)).toEqual(
      expect.arrayContaining(['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool']),
    );
    // A first deployment that fails leaves nothing of a name that the next one needs, and tries to delete nothing that
    // is protected.
    for (const { Type, DeletionPolicy, Properties } of kept) {
      const isNamed = 'BucketName' in Properties;
      const isProtected = JSON.stringify(Properties).includes('"DeletionProtection');
      if (isNamed) expect([Type, DeletionPolicy]).toEqual([Type, 'RetainExceptOnCreate']);
      if (isProtected) expect([Type, DeletionPolicy]).toEqual([Type, 'Retain']);
    }
    expect(Object.keys(running.findResources('AWS::DynamoDB::GlobalTable'))).toEqual([]);
  });
});

describe('the addresses', () => {
  test('the socket has a stage that throttles, and logs neither queries nor headers nor bodies', () => {
    lasting.hasResourceProperties('AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' });
    const [stage] = resourcesOf(lasting, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties).toMatchObject({
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 3_000, ThrottlingBurstLimit: 1_500 },
    });
    expect(stage?.Properties).not.toHaveProperty('DefaultRouteSettings.DataTraceEnabled');
    const { Format } = (stage?.Properties.AccessLogSettings ?? {}) as { Format: string };
    expect(Format).not.toMatch(/querystring|header|body|authorizer/i);
    // A line is JSON: what API Gateway quotes by itself is not quoted again.
    const line = Format.replaceAll(/\$[\w.]+String\b/g, '"a text"').replaceAll(/\$[\w.]+/g, 'a text');
    expect(JSON.parse(line)).toMatchObject({ error: 'a text', time: 'a text' });
  });

  test('the page comes by TLS from a bucket that only CloudFront reads, with the headers that keep it safe', () => {
    lasting.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        DefaultCacheBehavior: Match.objectLike({ ViewerProtocolPolicy: 'redirect-to-https', Compress: true }),
        CustomErrorResponses: [403, 404].map((ErrorCode) =>
          Match.objectLike({ ErrorCode, ResponseCode: 404, ResponsePagePath: '/not-found.txt' }),
        ),
        Origins: [Match.objectLike({ OriginAccessControlId: Match.anyValue() })],
      }),
    });
    const [policy] = resourcesOf(lasting, 'AWS::CloudFront::ResponseHeadersPolicy');
    const said = JSON.stringify(policy);
    expect(said).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
    expect(said).not.toContain('unsafe-inline');
    expect(said).toContain("frame-ancestors 'none'");
    expect(policy).toMatchObject({
      Properties: {
        ResponseHeadersPolicyConfig: {
          SecurityHeadersConfig: {
            StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
            ReferrerPolicy: { ReferrerPolicy: 'no-referrer' },
            FrameOptions: { FrameOption: 'DENY' },
          },
        },
      },
    });
  });

  test('what is published is the page, and what is said where there is none; not what the build keeps beside it', () => {
    const published = resourcesOf(running, 'Custom::CDKBucketDeployment').map(
      ({ Properties: { SourceObjectKeys } }) =>
        (SourceObjectKeys as string[])
          .map((key) => join(outdir, `asset.${key.replace('.zip', '')}`))
          .flatMap((folder) => readdirSync(folder, { recursive: true }).map(String))
          .sort(),
    );
    expect(published).toContainEqual(['config.json', 'index.html', 'not-found.txt']);
  });

  test('people sign in by passkey, code or password, with a code flow that needs no secret', () => {
    lasting.hasResourceProperties('AWS::Cognito::UserPool', {
      Policies: Match.objectLike({
        SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] },
      }),
      DeletionProtection: 'ACTIVE',
    });
    lasting.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      AllowedOAuthFlows: ['code'],
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
    });
    lasting.hasResourceProperties('AWS::Cognito::UserPoolDomain', { ManagedLoginVersion: 2 });
  });
});

describe('what runs', () => {
  test('every function is small, of arm64 and Node 24, with a log in JSON that is kept for a month', () => {
    const functions = resourcesOf(running, 'AWS::Lambda::Function').filter(
      ({ Properties }) => Properties.Handler === 'index.handler' && Properties.Runtime === 'nodejs24.x',
    );
    const told = functions.map(({ Properties: { MemorySize, Timeout, Architectures } }) => [
      MemorySize,
      Timeout,
      Architectures,
    ]);
    expect(told.sort()).toEqual([
      [256, 180, ['arm64']],
      [256, 29, ['arm64']],
      [256, 60, ['arm64']],
      [512, 600, ['arm64']],
    ]);
    for (const { Properties } of functions) {
      expect(Properties.LoggingConfig).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'WARN' });
    }
    // Those of the CDK as well: without a group of ours Lambda makes one that is kept for ever.
    for (const template of [lasting, running]) {
      for (const { Properties } of resourcesOf(template, 'AWS::Lambda::Function')) {
        expect(Properties).toMatchObject({
          LoggingConfig: { LogGroup: { Ref: expect.stringMatching('Log') } },
        });
      }
      for (const { Properties } of resourcesOf(template, 'AWS::Logs::LogGroup')) {
        expect(Properties.RetentionInDays).toBe(30);
      }
    }
  });

  test('the three routes lead to the socket, and what it returns to a message goes to the sender', () => {
    const routes = resourcesOf(running, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties);
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual(['$connect', '$default', '$disconnect']);
    expect(routes.find(({ RouteKey }) => RouteKey === '$default')).toMatchObject({
      RouteResponseSelectionExpression: '$default',
    });
    for (const { Properties } of resourcesOf(running, 'AWS::ApiGatewayV2::Integration')) {
      expect(Properties).toMatchObject({ IntegrationType: 'AWS_PROXY', TimeoutInMillis: 29_000 });
    }
  });

  test('a completion and the schedule call their functions, and what fails for good is kept', () => {
    running.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: {
          bucket: { name: [Match.anyValue()] },
          object: { key: [{ prefix: 'uploads/' }] },
          reason: ['CompleteMultipartUpload'],
        },
      },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
    running.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
    const asynchronous = resourcesOf(running, 'AWS::Lambda::EventInvokeConfig').map(({ Properties }) => [
      Properties.MaximumRetryAttempts,
      'DestinationConfig' in Properties,
    ]);
    expect(asynchronous.sort()).toEqual([
      [0, false],
      [2, true],
      [2, true],
    ]);
    for (const { Properties } of resourcesOf(running, 'AWS::SQS::Queue')) {
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    }
  });

  test('a finisher that times out each time is noticed within the period of its alarm', () => {
    const [finish] = resourcesOf(running, 'AWS::Lambda::Function').filter(
      ({ Properties: { MemorySize } }) => MemorySize === 512,
    );
    const [alarm] = resourcesOf(running, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
      String(Properties.AlarmDescription).includes('"FinisherFails"'),
    );
    expect(alarm?.Properties).toMatchObject({ MetricName: 'Errors', Threshold: 3, EvaluationPeriods: 1 });
    // Lambda calls again a minute after the first failure, and two after the second.
    expect(alarm?.Properties.Period).toBeGreaterThanOrEqual(
      3 * Number(finish?.Properties.Timeout) + 60 + 120,
    );
  });

  test('throttles are those of every operation on the table, and of nothing else that a graph shows', () => {
    const said = JSON.stringify([
      running.findResources('AWS::CloudWatch::Alarm'),
      running.findResources('AWS::CloudWatch::Dashboard'),
    ]);
    expect(said.includes('METRICS()')).toBe(false);
    for (const operation of ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem']) {
      expect(said).toContain(`{"Name":"Operation","Value":"${operation}"}`);
      const [expression] = /SUM\([^)]*\)/.exec(said) ?? [];
      expect(expression).toContain(operation.toLowerCase());
    }
  });

  test('alarms and dashboard go by metrics that the functions write', () => {
    const said = JSON.stringify([
      running.findResources('AWS::CloudWatch::Alarm'),
      running.findResources('AWS::CloudWatch::Dashboard'),
    ]);
    const named = [
      ...[...said.matchAll(/"MetricName":"(\w+)","Namespace":"Tributary"/g)].map(([, name]) => name),
      ...[...said.matchAll(/\\"Tributary\\",\\"(\w+)\\"/g)].map(([, name]) => name),
    ];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !METRIC_NAMES.includes(name ?? ''))).toEqual([]);
  });

  test('every alarm tells somebody, and names its section of the handbook', () => {
    const alarms = resourcesOf(running, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBe(9);
    for (const { Properties } of alarms) {
      expect(Properties.AlarmActions).toHaveLength(1);
      const [, section] =
        /See "(\w+)" in docs\/OPERATIONS\.md\.$/.exec(String(Properties.AlarmDescription)) ?? [];
      expect(HANDBOOK).toContain(`\n### ${section}\n`);
    }
  });
});

describe('what each function may do', () => {
  const TABLE = 'DeleteItem GetItem PutItem Query UpdateItem'
    .split(' ')
    .map((action) => `dynamodb:${action} on the table`);
  const LOG = ['logs:CreateLogStream on its log', 'logs:PutLogEvents on its log'];
  const TELL = [
    'execute-api:ManageConnections on DELETE/@connections/*',
    'execute-api:ManageConnections on POST/@connections/*',
  ];
  const FINISH = 'lambda:InvokeFunction on Finish';
  const LETTER = 'sns:Publish on Letters';
  const deadLetter = (queue: string) =>
    ['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'].map((action) => `sqs:${action} on ${queue}`);
  const on = (objects: string) => `${objects} on uploads/*`;

  test.each([
    [
      'Socket',
      [
        ...TABLE,
        ...TELL,
        FINISH,
        ...LOG,
        on('s3:AbortMultipartUpload'),
        on('s3:GetObject'),
        on('s3:PutObject'),
      ],
    ],
    [
      'Finish',
      [
        ...TABLE,
        ...TELL,
        ...LOG,
        on('s3:GetObject'),
        on('s3:ListMultipartUploadParts'),
        on('s3:PutObject'),
        's3:ListBucket on the bucket',
        ...deadLetter('Unfinished'),
      ],
    ],
    ['Notify', [...TABLE, ...TELL, FINISH, ...LOG, LETTER, ...deadLetter('CompletionDeadLetters')]],
    [
      'Sweep',
      [
        ...TABLE,
        ...TELL,
        'execute-api:ManageConnections on GET/@connections/*',
        FINISH,
        ...LOG,
        LETTER,
        on('s3:AbortMultipartUpload'),
      ],
    ],
  ])('%s: this and nothing else', (name, allowed) => {
    expect(statementsOf(name).sort()).toEqual([...allowed].sort());
  });

  function statementsOf(name: string): string[] {
    const policies = Object.entries(running.findResources('AWS::IAM::Policy')).filter(([id]) =>
      id.startsWith(`Functions${name}Role`),
    );
    expect(policies).toHaveLength(1);
    interface Statement {
      Effect: string;
      Action: string | string[];
      Resource: unknown;
    }
    const statements = policies.flatMap(
      ([, policy]) => policy.Properties.PolicyDocument.Statement as Statement[],
    );
    return statements.flatMap(({ Effect, Action, Resource }) => {
      expect(Effect).toBe('Allow');
      const resources = Array.isArray(Resource) ? Resource : [Resource];
      return [Action]
        .flat()
        .flatMap((action) => resources.map((resource) => `${action} on ${words(resource)}`));
    });
  }

  function words(resource: unknown): string {
    const text = JSON.stringify(resource);
    const connections = /(?:DELETE|GET|POST)\/@connections\/\*/.exec(text);
    if (connections) return connections[0];
    if (text.includes('/uploads/*')) return 'uploads/*';
    if (text.includes('StorageFiles')) return 'the bucket';
    if (text.includes('StorageTable')) return 'the table';
    const [, own] = /"Fn::GetAtt":\["(?:Functions)?([A-Za-z]+?)(?:Function|Log|[0-9A-F]{8})/.exec(text) ?? [];
    if (/Log[0-9A-F]{8}/.test(text)) return 'its log';
    return /LettersTopic/.test(text) ? 'Letters' : (own ?? text);
  }
});
