import { type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { contentSecurityPolicy, PERMISSIONS } from '../../../protocol/page-headers.ts';
import { explain } from '../nag.ts';
import type { Settings } from '../settings.ts';

/** In the page's bucket: what is said of paths at which there is nothing. */
export const NOT_FOUND_FILE = 'not-found.txt';

export interface SiteProps extends Pick<Settings, 'stage' | 'domain'> {
  /** Where the page may connect to, beside its own origin. */
  connectTo: readonly string[];
}

/** The page's address: a private bucket behind CloudFront. The page itself comes with the functions. */
export class Site extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  /** `https://…`, without a slash. */
  readonly origin: string;

  constructor(scope: Construct, id: string, { stage, domain, connectTo }: SiteProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Page', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    this.keepLogOfEmptying();
    const headers = new ResponseHeadersPolicy(this, 'Headers', {
      comment: `Tributary ${stage}`,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(connectTo), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
          { header: 'Cross-Origin-Resource-Policy', value: 'same-origin', override: true },
          { header: 'Permissions-Policy', value: PERMISSIONS, override: true },
        ],
      },
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Tributary ${stage}`,
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket as IBucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: headers,
        compress: true,
      },
      // The bucket says 403 for what it does not have: it lets nobody list. Never the page itself: at another path it
      // would look for its parts in the wrong place, and take this answer for a script.
      errorResponses: [403, 404].map((httpStatus) => ({
        httpStatus,
        responseHttpStatus: 404,
        responsePagePath: `/${NOT_FOUND_FILE}`,
        ttl: Duration.minutes(1),
      })),
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(domain && {
        domainNames: [domain.name],
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      }),
    });
    this.origin = `https://${domain?.name ?? this.distribution.distributionDomainName}`;
    explain(this.bucket, {
      'AwsSolutions-S1': 'It holds the published page and nothing else, and only CloudFront reads it.',
    });
    explain(this.distribution, {
      'AwsSolutions-CFR1': 'A file can be sent from anywhere; whoever runs this may add a list of countries.',
      'AwsSolutions-CFR2':
        'Static files are served here, which a web application firewall could only make dearer: some 8 USD a month.',
      'AwsSolutions-CFR3':
        'A log would hold who opened the page and no more; the secret of a link is in the fragment, which is never sent.',
      ...(domain
        ? {}
        : {
            'AwsSolutions-CFR4':
              "CloudFront's own certificate comes with its own choice of TLS versions; a domain with a certificate asks for TLS 1.2 (see docs/OPERATIONS.md).",
          }),
    });
  }

  /** The CDK's function that empties the bucket before it goes: Lambda would make it a log that nobody ever deletes. */
  private keepLogOfEmptying(): void {
    const log = new LogGroup(this, 'EmptyingLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const provider = Stack.of(this).node.findChild('Custom::S3AutoDeleteObjectsCustomResourceProvider');
    const handler = provider.node.findChild('Handler') as CfnResource;
    handler.addPropertyOverride('LoggingConfig', { LogGroup: log.logGroupName });
  }
}
