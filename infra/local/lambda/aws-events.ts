import { randomBytes, randomUUID } from 'node:crypto';
import type { EventBridgeEvent, S3ObjectCreatedNotificationEventDetail, ScheduledEvent } from 'aws-lambda';

// Events as EventBridge hands them to a function.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html

const ACCOUNT = '000000000000';

/** The published type wants a version where a bucket keeps none, and not what was added since. */
type Detail = Omit<S3ObjectCreatedNotificationEventDetail, 'bucket' | 'object'> & {
  'event-version': string;
  bucket: { name: string; 'aws-generated-tags': Record<`aws:cloudformation:${string}`, string> };
  object: Omit<S3ObjectCreatedNotificationEventDetail['object'], 'version-id'>;
};
export type ObjectCreatedEvent = EventBridgeEvent<'Object Created', Detail>;

export interface CompletedUpload {
  bucket: string;
  key: string;
  sizeBytes: number;
  etag: string;
  requestId: string;
  region: string;
  nowMs: number;
}

/** What S3 tells when a multipart upload has become an object. */
export function objectCreatedEvent(completed: CompletedUpload): ObjectCreatedEvent {
  const { bucket, key, sizeBytes, etag, requestId, region, nowMs } = completed;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: ACCOUNT,
    time: toSeconds(nowMs),
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      'event-version': '1.1',
      bucket: {
        name: bucket,
        'aws-generated-tags': {
          'aws:cloudformation:stack-id': `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/local/${bucket}`,
          'aws:cloudformation:logical-id': 'Files',
          'aws:cloudformation:stack-name': 'local',
        },
      },
      object: { key, size: sizeBytes, etag, sequencer: sequencer(nowMs) },
      'request-id': requestId,
      requester: ACCOUNT,
      'source-ip-address': '127.0.0.1',
      reason: 'CompleteMultipartUpload',
    },
  };
}

/** What a rule with a schedule tells. */
export function scheduledEvent(rule: string, region: string, nowMs: number): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: toSeconds(nowMs),
    region,
    resources: [`arn:aws:events:${region}:${ACCOUNT}:rule/${rule}`],
    detail: {},
  };
}

/** `2021-11-12T00:00:00Z`: whole seconds. */
function toSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

/** Sorts events of one key by time, as a string of hexadecimal digits. */
function sequencer(epochMs: number): string {
  return `00${Math.trunc(epochMs).toString(16).toUpperCase()}${randomBytes(2).toString('hex').toUpperCase()}`;
}
