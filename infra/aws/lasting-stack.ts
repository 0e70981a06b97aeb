import { Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Gateway } from './lasting/gateway.ts';
import { loginOrigins, SignIn } from './lasting/sign-in.ts';
import { Site } from './lasting/site.ts';
import { filesBucketName, Storage } from './lasting/storage.ts';
import type { Settings } from './settings.ts';

/**
 * What outlives any version of the code: what is stored, who people are, and the addresses by which all of it is known.
 * Nothing in it runs. The functions may be replaced, rolled back or taken down, and every link is still good after.
 */
export class LastingStack extends Stack {
  readonly storage: Storage;
  readonly gateway: Gateway;
  readonly signIn: SignIn;
  readonly site: Site;

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, { terminationProtection: true, ...props });
    const { stage, domain, logRole } = settings;
    this.gateway = new Gateway(this, 'Gateway', { stage, logRole });
    this.site = new Site(this, 'Site', {
      stage,
      domain,
      connectTo: [
        this.gateway.api.apiEndpoint,
        `https://${filesBucketName(stage)}.s3.${Aws.REGION}.amazonaws.com`,
        ...loginOrigins(stage),
      ],
    });
    const { origin } = this.site;
    this.storage = new Storage(this, 'Storage', { stage, origin });
    this.signIn = new SignIn(this, 'SignIn', { stage, origin });
    new CfnOutput(this, 'Address', { value: origin });
    // What a domain or a restored table is in place of, exported with them as well: a Running stack that was deployed
    // before imports it until its own turn comes, and CloudFormation takes no export away that is in use.
    const { table } = this.storage;
    for (const value of [this.site.distribution.distributionDomainName, table.tableName, table.tableArn]) {
      this.exportValue(value);
    }
  }
}
