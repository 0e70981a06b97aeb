import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { LastingStack } from '../lasting-stack.ts';
import { type Functions, TABLE_OPERATIONS } from './functions.ts';

export interface OperationsProps {
  stage: string;
  lasting: LastingStack;
  /** Of boards. */
  table: ITableV2;
  functions: Functions;
  deadLetters: readonly Queue[];
  alarmEmail: string | undefined;
}

const PERIOD = Duration.minutes(5);

/** A dashboard, and alarms for what somebody has to do something about: docs/OPERATIONS.md has a section for each. */
export class Operations extends Construct {
  private readonly topic: Topic;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { stage, lasting, table, functions, deadLetters, alarmEmail } = props;
    const { socket, finish, notify, sweep } = functions;
    this.topic = new Topic(this, 'Alarms', { displayName: `Tributary ${stage} alarms`, enforceSSL: true });
    if (alarmEmail) this.topic.addSubscription(new EmailSubscription(alarmEmail));

    const messages = this.own('Messages', 'Sum', 'socket');
    const mishaps = this.own('Mishaps', 'Sum', 'socket');
    const p99 = this.own('MessageDuration', 'p99', 'socket');
    const errorRate = new MathExpression({
      label: 'messages that met a mishap, %',
      expression: 'IF(messages + mishaps > 20, 100 * mishaps / (messages + mishaps), 0)',
      usingMetrics: { messages, mishaps },
      period: PERIOD,
    });
    const idOf = (operation: string) => `m${operation.toLowerCase()}`;
    const tableThrottles = new MathExpression({
      label: 'throttled requests to the table',
      // By name: METRICS() would be all that a graph shows, whatever it is.
      expression: `SUM([${TABLE_OPERATIONS.map(idOf).join(', ')}])`,
      usingMetrics: Object.fromEntries(
        TABLE_OPERATIONS.map((operation) => [
          idOf(operation),
          new Metric({
            namespace: 'AWS/DynamoDB',
            metricName: 'ThrottledRequests',
            dimensionsMap: { TableName: table.tableName, Operation: operation },
            statistic: 'Sum',
            period: PERIOD,
          }),
        ]),
      ),
      period: PERIOD,
    });
    const gatewayMetric = (metricName: string, statistic: string) =>
      new Metric({
        namespace: 'AWS/ApiGateway',
        metricName,
        dimensionsMap: { ApiId: lasting.gateway.api.apiId, Stage: lasting.gateway.stage.stageName },
        statistic,
        period: PERIOD,
      });

    this.alarm(
      'FinisherFails',
      'Finishers failed three times within an hour: an upload is whole, and is not an object.',
      {
        // One that times out three times, and is called again twice in between, takes 33 minutes to do so.
        metric: finish.function.metricErrors({ period: Duration.hours(1) }),
        threshold: 3,
        evaluationPeriods: 1,
      },
    );
    for (const [i, queue] of deadLetters.entries()) {
      this.alarm(
        `DeadLetters${i === 0 ? '' : i + 1}`,
        'An event could not be handled: somebody was not told.',
        {
          metric: queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
          threshold: 1,
          evaluationPeriods: 1,
        },
      );
    }
    this.alarm('SocketThrottles', 'Lambda refuses messages: the account has too little concurrency.', {
      metric: socket.function.metricThrottles({ period: PERIOD }),
      threshold: 1,
      evaluationPeriods: 2,
    });
    this.alarm('TableThrottles', 'DynamoDB refuses requests.', {
      metric: tableThrottles,
      threshold: 10,
      evaluationPeriods: 2,
    });
    this.alarm(
      'Mishaps',
      'More than 1 % of the messages met storage that did not answer, or a fault of ours.',
      {
        metric: errorRate,
        threshold: 1,
        evaluationPeriods: 2,
      },
    );
    this.alarm('SocketCrashes', 'The socket function itself failed: no message of ours came back.', {
      metric: socket.function.metricErrors({ period: PERIOD }),
      threshold: 5,
      evaluationPeriods: 2,
    });
    this.alarm('SlowMessages', 'One message in a hundred takes longer than two seconds.', {
      metric: p99,
      threshold: 2_000,
      evaluationPeriods: 3,
    });
    this.alarm('SweepMissing', 'The sweep does not get through: abandoned uploads stay, and are billed.', {
      metric: this.own('Sweeps', 'Sum', 'sweep', Duration.hours(1)),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });

    const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
      new GraphWidget({ title, left, right, width: 8, height: 6 });
    new Dashboard(this, 'Dashboard', {
      dashboardName: `tributary-${stage}`,
      widgets: [
        [
          graph('Connections and messages', [
            gatewayMetric('ConnectCount', 'Sum'),
            gatewayMetric('MessageCount', 'Sum'),
          ]),
          graph('Messages: duration, ms', [this.own('MessageDuration', 'p50', 'socket'), p99]),
          graph('Mishaps', [
            mishaps,
            gatewayMetric('IntegrationError', 'Sum'),
            gatewayMetric('ClientError', 'Sum'),
          ]),
        ],
        [
          graph('Uploads', [
            this.own('Created', 'Sum', 'socket'),
            this.own('Finished', 'Sum', 'finish'),
            this.own('Reopened', 'Sum', 'finish'),
          ]),
          graph('Bytes finished', [this.own('FinishedBytes', 'Sum', 'finish')]),
          graph('Sweep', [
            this.own('Sweeps', 'Sum', 'sweep'),
            this.own('SweepFailures', 'Sum', 'sweep'),
            this.own('Ended', 'Sum', 'sweep'),
          ]),
        ],
        [
          graph(
            'Functions: errors and throttles',
            [socket, finish, notify, sweep].map((handler) =>
              handler.function.metricErrors({ period: PERIOD }),
            ),
            [socket.function.metricThrottles({ period: PERIOD })],
          ),
          graph(
            'Table: units',
            [
              table.metricConsumedReadCapacityUnits({ period: PERIOD }),
              table.metricConsumedWriteCapacityUnits({ period: PERIOD }),
            ],
            [tableThrottles],
          ),
          graph(
            'Dead letters',
            deadLetters.map((queue) => queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD })),
          ),
        ],
      ],
    });
  }

  /** A metric of our own: functions/observing/metrics.ts names them. */
  private own(metricName: string, statistic: string, service: string, period = PERIOD): Metric {
    return new Metric({ namespace: 'Tributary', metricName, dimensionsMap: { service }, statistic, period });
  }

  private alarm(id: string, description: string, props: Omit<AlarmProps, 'alarmDescription'>): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${description} See "${id}" in docs/OPERATIONS.md.`,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
