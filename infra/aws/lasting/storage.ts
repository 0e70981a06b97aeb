import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { TABLE_SCHEMA } from '../../../functions/table/keys.ts';
import { explain } from '../nag.ts';

/** S3 keeps the parts of an upload that nobody ends, and bills them, until told otherwise. The sweep is sooner. */
const ABANDONED_AFTER = Duration.days(14);

/**
 * The bucket's name. Said rather than left to CloudFormation: the page's security policy names the bucket, and the
 * bucket's CORS names the page, so one of them has to be known before it is there.
 */
export const filesBucketName = (stage: string) => `tributary-${stage}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;

/** What holds state: the table of boards and the bucket of files. */
export class Storage extends Construct {
  readonly table: TableV2;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { stage, origin }: { stage: string; origin: string }) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: TABLE_SCHEMA.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE_SCHEMA.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE_SCHEMA.ttlAttribute,
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      // Not as the bucket: what is protected cannot be deleted, and a first deployment could not be taken back.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucket = new Bucket(this, 'Files', {
      bucketName: filesBucketName(stage),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // Not KMS: an ETag would change whenever a part is sent again, and completing would meet InvalidPart.
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // Where its own making is taken back, it goes: it is empty, and would be in the way of the next try by its name.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [{ id: 'abandoned', abortIncompleteMultipartUploadAfter: ABANDONED_AFTER }],
      cors: [
        {
          allowedMethods: [HttpMethods.PUT],
          allowedOrigins: [origin],
          allowedHeaders: ['x-amz-checksum-sha256', 'content-type'],
          exposedHeaders: ['x-amz-request-id'],
          maxAge: Duration.hours(1).toSeconds(),
        },
      ],
    });
    // The L2's switch would do this by a Lambda of its own, with rights over every bucket.
    (this.bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    explain(this.bucket, {
      'AwsSolutions-S1':
        'Server access logs would cost a request a part and hold signed addresses. Who was let in to what is in the log of the functions, and CloudTrail data events can be switched on for the bucket.',
    });
  }
}
