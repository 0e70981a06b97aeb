import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesise } from '../../test/support/synthesised.ts';

// What a deployment can be told, and what that changes in the stacks.
const { lasting, running } = synthesise();

test('who is to write to people may do so from that address alone, and the socket knows that somebody can', () => {
  const own = synthesise({ noticeFrom: 'notices@example.org' });
  const variables = (name: string) => ({
    Environment: {
      Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: name, NOTICE_FROM: 'notices@example.org' }),
    },
  });
  for (const name of ['socket', 'notify', 'sweep']) {
    own.running.hasResourceProperties('AWS::Lambda::Function', variables(name));
  }
  const policies = own.running.findResources('AWS::IAM::Policy', {
    Properties: {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'ses:SendEmail',
            Condition: { StringEquals: { 'ses:FromAddress': 'notices@example.org' } },
          }),
        ]),
      },
    },
  });
  expect(
    Object.keys(policies)
      .map((id) => id.replace(/^Functions(.*)RoleDefaultPolicy.*/, '$1'))
      .sort(),
  ).toEqual(['Notify', 'Sweep']);
  expect(JSON.stringify(running.toJSON())).not.toContain('ses:');
});

test.each([
  [{ stage: 'Live' }, 'stage is "Live"; expected 1 to 16 small letters, digits and dashes.'],
  [{ domain: 'files.example.org' }, 'domain is set; certificateArn has to be set too.'],
  [{ alarmEmail: 'nobody' }, 'alarmEmail is "nobody"; expected an e-mail address.'],
  [{ noticefrom: 'notices@example.org' }, 'noticefrom is no setting; expected noticeFrom.'],
  [{ 'log-role': 'false' }, 'log-role is no setting; expected logRole.'],
])('a setting that cannot be, %j, is said in one line', (context, message) => {
  expect(() => synthesise(context)).toThrow(message);
});

test('the command says it in one line, before anything is built', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['infra/aws/app.mjs'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ stage: 'Live' }) },
    encoding: 'utf8',
  });
  expect([status, stdout, stderr]).toEqual([
    1,
    '',
    'stage is "Live"; expected 1 to 16 small letters, digits and dashes.\n',
  ]);
});

test('a restored table is what the functions use, and all that they may', () => {
  const { running: restored } = synthesise({ restoredTable: 'boards-of-tuesday' });
  const said = JSON.stringify(restored.toJSON());
  expect(said).not.toMatch(/StorageTable/);
  for (const name of ['socket', 'finish', 'notify', 'sweep']) {
    restored.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: name, TABLE_NAME: 'boards-of-tuesday' }),
      },
    });
  }
  expect(said.match(/:table\/boards-of-tuesday"/g)).toHaveLength(4);
});

describe('a stage that runs can be told anything more: what the running stack imports stays exported', () => {
  const exportsOf = (template: Template) =>
    Object.values(template.toJSON().Outputs as Record<string, { Export?: { Name: string } }>).flatMap(
      ({ Export }) => Export?.Name ?? [],
    );

  test.each([
    { domain: 'files.example.org', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/x' },
    { restoredTable: 'boards-of-tuesday' },
    { alarmEmail: 'ops@example.org' },
    { noticeEmail: 'me@example.org' },
    { noticeFrom: 'notices@example.org' },
    { tracing: 'true' },
    { logRole: 'false' },
  ])('%j', (context) => {
    const before = exportsOf(lasting);
    expect(before.length).toBeGreaterThan(0);
    expect(exportsOf(synthesise(context).lasting)).toEqual(expect.arrayContaining(before));
  });
});

test('a domain of its own brings its certificate, TLS 1.2, and the origin that buckets and sign-in know', () => {
  const own = synthesise({
    domain: 'files.example.org',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/x',
    noticeEmail: 'me@example.org',
    tracing: 'true',
  });
  own.lasting.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: Match.objectLike({
      Aliases: ['files.example.org'],
      ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: 'TLSv1.2_2021' }),
    }),
  });
  own.lasting.hasResourceProperties('AWS::S3::Bucket', {
    CorsConfiguration: { CorsRules: [Match.objectLike({ AllowedOrigins: ['https://files.example.org'] })] },
  });
  own.lasting.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    CallbackURLs: ['https://files.example.org/'],
  });
  own.running.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'me@example.org',
  });
});
