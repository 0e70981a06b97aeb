import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Bundle } from '../bundles/bundle.ts';
import { explain } from '../nag.ts';

export interface HandlerProps {
  /** Also its name in logs and metrics. */
  service: string;
  bundle: Bundle;
  memoryMb: number;
  timeout: Duration;
  environment: Record<string, string>;
  tracing: boolean;
}

/** A function with a role of its own, which may write to its own log and otherwise only what it is given. */
export class Handler extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  private readonly role: Role;

  constructor(scope: Construct, id: string, props: HandlerProps) {
    super(scope, id);
    const { service, bundle, memoryMb, timeout, environment, tracing } = props;
    this.logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    // An ARN of a log group ends in `:*`, which is its streams.
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]);
    this.function = new LambdaFunction(this, 'Function', {
      code: Code.fromAsset(bundle.folder),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: this.role,
      memorySize: memoryMb,
      timeout,
      environment: {
        POWERTOOLS_SERVICE_NAME: service,
        POWERTOOLS_METRICS_NAMESPACE: 'Tributary',
        ...environment,
      },
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // START, END and REPORT of every call would cost more than the calls.
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      tracing: tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    });
  }

  /** `where`: and only where these are so. */
  allow(actions: string[], resources: string[], where?: Record<string, string>): void {
    const conditions = where && { conditions: { StringEquals: where } };
    this.role.addToPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions, resources, ...conditions }));
  }

  /** Findings of cdk-nag about what it may do. */
  explain(reasons: Readonly<Record<string, string>>): void {
    explain(this.role, reasons);
  }
}
