import { Duration, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { FINISH_MEMORY_MB, SOCKET_MEMORY_MB } from '../../../functions/lambda-memory.ts';
import { OBJECT_PREFIX } from '../../../functions/object-key.ts';
import type { Bundles } from '../bundles/bundle.ts';
import type { LastingStack } from '../lasting-stack.ts';
import { Handler } from './handler.ts';

export interface FunctionsProps {
  lasting: LastingStack;
  /** Of boards. */
  table: ITableV2;
  bundles: Bundles;
  /** The topic of letters to the user. */
  noticeTopicArn: string;
  /** From whom e-mails to people are. Undefined: there are none. */
  noticeFrom: string | undefined;
  tracing: boolean;
}

/** What every function does with the table: no Scan, no transaction, no index. */
export const TABLE_OPERATIONS = ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'] as const;

/** The functions, each with what it needs: down to the action, and to the part of a resource that is its own. */
export class Functions extends Construct {
  readonly socket: Handler;
  readonly finish: Handler;
  readonly notify: Handler;
  readonly sweep: Handler;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const { lasting, table, bundles, noticeTopicArn, noticeFrom, tracing } = props;
    const { gateway, signIn, site, storage } = lasting;
    const common = {
      tracing,
      environment: {
        TABLE_NAME: table.tableName,
        S3_BUCKET: storage.bucket.bucketName,
        CONNECTIONS_ENDPOINT: gateway.stage.callbackUrl,
      },
    };
    this.finish = new Handler(this, 'Finish', {
      ...common,
      service: 'finish',
      bundle: bundles.finish,
      memoryMb: FINISH_MEMORY_MB,
      // S3 may take minutes to complete an object; whoever asked is not waiting.
      timeout: Duration.minutes(10),
    });
    const finishFunction = { FINISH_FUNCTION: this.finish.function.functionName };
    const mail = noticeFrom === undefined ? {} : { NOTICE_FROM: noticeFrom };
    const letters = { NOTICE_TOPIC_ARN: noticeTopicArn, PAGE_ORIGIN: site.origin, ...mail };
    this.socket = new Handler(this, 'Socket', {
      ...common,
      service: 'socket',
      bundle: bundles.socket,
      memoryMb: SOCKET_MEMORY_MB,
      // API Gateway waits no longer.
      timeout: Duration.seconds(29),
      environment: {
        ...common.environment,
        ...finishFunction,
        OIDC_ISSUER: signIn.issuer,
        OIDC_CLIENT_ID: signIn.client.userPoolClientId,
        PAGE_ORIGIN: site.origin,
        ...mail,
      },
    });
    this.notify = new Handler(this, 'Notify', {
      ...common,
      service: 'notify',
      bundle: bundles.notify,
      memoryMb: SOCKET_MEMORY_MB,
      timeout: Duration.seconds(60),
      environment: { ...common.environment, ...finishFunction, ...letters },
    });
    this.sweep = new Handler(this, 'Sweep', {
      ...common,
      service: 'sweep',
      bundle: bundles.sweep,
      memoryMb: SOCKET_MEMORY_MB,
      timeout: Duration.minutes(3),
      environment: { ...common.environment, ...finishFunction, ...letters },
    });

    const objects = `${storage.bucket.bucketArn}/${OBJECT_PREFIX}*`;
    const connections = (method: 'DELETE' | 'GET' | 'POST') =>
      gateway.api.arnForExecuteApiV2(`${method}/@connections/*`, gateway.stage.stageName);
    const all = [this.socket, this.finish, this.notify, this.sweep];
    for (const handler of all) {
      handler.allow(
        TABLE_OPERATIONS.map((operation) => `dynamodb:${operation}`),
        [table.tableArn],
      );
      // Devices are told, and cut when they cannot be.
      handler.allow(['execute-api:ManageConnections'], [connections('DELETE'), connections('POST')]);
    }
    this.socket.allow(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], [objects]);
    this.finish.allow(['s3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'], [objects]);
    // Without it S3 answers 403 in place of 404 for an object that is not there, and nobody could tell one from the other.
    this.finish.allow(['s3:ListBucket'], [storage.bucket.bucketArn]);
    this.sweep.allow(['s3:AbortMultipartUpload'], [objects]);
    this.sweep.allow(['execute-api:ManageConnections'], [connections('GET')]);
    for (const handler of [this.socket, this.notify, this.sweep]) {
      handler.allow(['lambda:InvokeFunction'], [this.finish.function.functionArn]);
    }
    for (const handler of [this.notify, this.sweep]) {
      handler.allow(['sns:Publish'], [noticeTopicArn]);
      // What SES has verified may be the address or its domain.
      if (noticeFrom !== undefined)
        handler.allow(['ses:SendEmail'], sendersOf(this, noticeFrom), { 'ses:FromAddress': noticeFrom });
    }
    if (tracing) {
      for (const handler of all) {
        handler.allow(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], ['*']);
        handler.explain({ 'AwsSolutions-IAM5[Resource::*]': 'X-Ray knows no resources to name.' });
      }
    }
    for (const handler of all) {
      handler.explain({
        'AwsSolutions-IAM5[Resource::…/@connections/*]':
          'Connections have names that API Gateway makes while the functions run.',
      });
    }
    for (const handler of [this.socket, this.finish, this.sweep]) {
      handler.explain({
        'AwsSolutions-IAM5[Resource::…/uploads/*]':
          'Objects have names that are made while the functions run, all below this prefix.',
      });
    }
  }
}

function sendersOf(scope: Construct, address: string): string[] {
  const domain = address.slice(address.indexOf('@') + 1);
  return [address, domain].map((resourceName) =>
    Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName }),
  );
}
