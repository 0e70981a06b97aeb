import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function as Handling } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { OBJECT_PREFIX } from '../../../functions/object-key.ts';
import type { Storage } from '../lasting/storage.ts';
import { explain } from '../nag.ts';

/** Letters to the user, and those who get all of them. */
export class Letters extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { noticeEmail }: { noticeEmail: string | undefined }) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Tributary', enforceSSL: true });
    if (noticeEmail) this.topic.addSubscription(new EmailSubscription(noticeEmail));
  }
}

/**
 *     bucket ─▶ EventBridge ─▶ notify ─▶ devices, letter
 *                   │             └─ failed three times ─▶ dead letters
 *                   └─ could not call it for a day ──────▶ dead letters
 */
export class Completion extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { storage, notify }: { storage: Storage; notify: Handling }) {
    super(scope, id);
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    notify.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.deadLetters),
    });
    new Rule(this, 'Rule', {
      description: 'An upload has become an object',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [storage.bucket.bucketName] },
          object: { key: [{ prefix: OBJECT_PREFIX }] },
          reason: ['CompleteMultipartUpload'],
        },
      },
      targets: [new LambdaFunction(notify, { deadLetterQueue: this.deadLetters })],
    });
  }
}

/** Where events end that nobody could handle: an alarm says so, and docs/OPERATIONS.md how to send them again. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  explain(queue, { 'AwsSolutions-SQS3': 'This is the dead letter queue itself.' });
  return queue;
}
