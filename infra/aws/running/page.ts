import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import type { PageConfig } from '../../../protocol/page-config.ts';
import { NO_SUCH_PAGE } from '../../../protocol/page-headers.ts';
import { NOT_FOUND_FILE, type Site } from '../lasting/site.ts';
import { explain } from '../nag.ts';

export interface PageProps {
  site: Site;
  /** The built page. */
  folder: string;
  config: PageConfig;
}

const OF_THE_CDK =
  "The CDK's own construct, which runs while a stack is deployed and never else: it copies the page from the CDK's bucket to the page's.";

const DEPLOYER = {
  'AwsSolutions-IAM4[Policy::…AWSLambdaBasicExecutionRole]': OF_THE_CDK,
  'AwsSolutions-IAM5[Action::s3:…]': OF_THE_CDK,
  'AwsSolutions-IAM5[Resource::…/*]': OF_THE_CDK,
  'AwsSolutions-IAM5[Resource::*]': `${OF_THE_CDK} CloudFront knows no narrower resource for an invalidation there.`,
  'AwsSolutions-L1': OF_THE_CDK,
};

/**
 * Puts the page where its address is. What Vite names by its content is kept for ever, and stays when a new version
 * comes: a page that is open all through a deployment may still ask for it. The rest is asked for anew each time.
 */
export class Page extends Construct {
  constructor(scope: Construct, id: string, { site, folder, config }: PageProps) {
    super(scope, id);
    const common = {
      destinationBucket: site.bucket as IBucket,
      prune: false,
      retainOnDelete: true,
      memoryLimit: 256,
      ephemeralStorageSize: Size.mebibytes(512),
      logGroup: new LogGroup(this, 'Log', {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    };
    const assets = new BucketDeployment(this, 'Assets', {
      ...common,
      sources: [Source.asset(folder)],
      exclude: ['*'],
      include: ['assets/*'],
      cacheControl: [
        CacheControl.maxAge(Duration.days(365)),
        CacheControl.setPublic(),
        CacheControl.immutable(),
      ],
    });
    const rest = new BucketDeployment(this, 'Rest', {
      ...common,
      sources: [
        // What the build keeps beside the page begins with a dot.
        Source.asset(folder, { exclude: ['assets', '.*'] }),
        Source.data(NOT_FOUND_FILE, NO_SUCH_PAGE),
        Source.jsonData('config.json', config),
      ],
      cacheControl: [CacheControl.noCache()],
      distribution: site.distribution,
      distributionPaths: ['/', '/index.html', '/config.json', `/${NOT_FOUND_FILE}`],
    });
    // Never a page whose parts are not there yet.
    rest.node.addDependency(assets);
    const deployer = Stack.of(this).node.children.find(({ node }) =>
      node.id.startsWith('Custom::CDKBucketDeployment'),
    );
    if (deployer) explain(deployer, DEPLOYER);
  }
}
