import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { TABLE_SCHEMA } from '../../functions/table/keys.ts';
import { StorageStack } from './storage-stack.ts';

const template = Template.fromStack(new StorageStack(new App(), 'Storage'));

test('the table has the keys that the functions use, and forgets by the attribute that they write', () => {
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    KeySchema: [
      { AttributeName: TABLE_SCHEMA.partitionKey, KeyType: 'HASH' },
      { AttributeName: TABLE_SCHEMA.sortKey, KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: { AttributeName: TABLE_SCHEMA.ttlAttribute, Enabled: true },
  });
});

test('the bucket is private, and ends uploads that nobody ends', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    LifecycleConfiguration: {
      Rules: [Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 14 } })],
    },
  });
});

test('neither table nor bucket goes when the stack goes', () => {
  for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket']) {
    const policies = Object.values(template.findResources(type)).map(({ DeletionPolicy }) => DeletionPolicy);
    expect(policies).toEqual(['Retain']);
  }
});
