import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat, CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { explain } from '../nag.ts';

/** Below the account's 10,000 a second, which posts to connections share: a flood is refused, and the posts still go. */
const THROTTLE = { rateLimit: 3_000, burstLimit: 1_500 };

/** No query, header or body: a hello may carry a secret in any of them. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  connectionId: '$context.connectionId',
  route: '$context.routeKey',
  event: '$context.eventType',
  status: '$context.status',
  integrationStatus: '$context.integrationStatus',
  integrationMs: '$context.integrationLatency',
  error: '$context.error.message',
  closedWith: '$context.disconnectReason',
  ip: '$context.identity.sourceIp',
  time: '$context.requestTime',
};

/** The socket's address. What answers there comes with the functions. */
export class Gateway extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;

  constructor(scope: Construct, id: string, { stage, logRole }: { stage: string; logRole: boolean }) {
    super(scope, id);
    const logs = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // One handler for all messages: our messages say their type in a field that no route has to know.
    this.api = new WebSocketApi(this, 'Api', {
      apiName: `tributary-${stage}`,
      routeSelectionExpression: '$request.body.type',
    });
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: stage,
      autoDeploy: true,
      throttle: THROTTLE,
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    if (logRole) this.stage.node.addDependency(this.makeLogRole());
  }

  /** API Gateway writes access logs by a role that is set once for an account and Region. */
  private makeLogRole(): CfnAccount {
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    explain(role, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'The policy that AWS documents for this role, which serves every API of the account: others of them may log elsewhere.',
    });
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }
}
