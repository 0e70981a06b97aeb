import { Aws, CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  PasskeyUserVerification,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { SIGN_IN_SCOPES } from '../../../protocol/sign-in-scope.ts';
import { explain } from '../nag.ts';

/** Where the managed login is; unique among all of Cognito's, as the account's number makes it. */
const loginPrefix = (stage: string) => `tributary-${stage}-${Aws.ACCOUNT_ID}`;

/** The hosts that a page talks to for signing in. */
export const loginOrigins = (stage: string): string[] => [
  `https://cognito-idp.${Aws.REGION}.amazonaws.com`,
  `https://${loginPrefix(stage)}.auth.${Aws.REGION}.amazoncognito.com`,
];

/** Who people are, for those who want to be somebody: by passkey, by a code sent to their address, or by password. */
export class SignIn extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  readonly issuer: string;

  constructor(scope: Construct, id: string, { stage, origin }: { stage: string; origin: string }) {
    super(scope, id);
    this.pool = new UserPool(this, 'People', {
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      autoVerify: { email: true },
      signInPolicy: { allowedFirstAuthFactors: { password: true, emailOtp: true, passkey: true } },
      passkeyUserVerification: PasskeyUserVerification.PREFERRED,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      // Cognito lets nobody sign in by passkey alone where a second factor is asked of everybody.
      mfa: Mfa.OFF,
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: true,
      // As the table: what is protected cannot be deleted when a first deployment is taken back.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.client = this.pool.addClient('Page', {
      // A page keeps no secret: code flow with PKCE.
      generateSecret: false,
      preventUserExistenceErrors: true,
      authFlows: { user: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: SIGN_IN_SCOPES.map((scope) => OAuthScope.custom(scope)),
        callbackUrls: [`${origin}/`],
        logoutUrls: [`${origin}/`],
      },
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
    });
    const domain = this.pool.addDomain('Login', {
      cognitoDomain: { domainPrefix: loginPrefix(stage) },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    // Without a branding the new managed login shows an error in place of a form.
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.pool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    }).node.addDependency(domain);
    this.issuer = `https://cognito-idp.${Aws.REGION}.amazonaws.com/${this.pool.userPoolId}`;
    new CfnOutput(this, 'Issuer', { value: this.issuer });
    new CfnOutput(this, 'ClientId', { value: this.client.userPoolClientId });
    explain(this.pool, {
      'AwsSolutions-COG2':
        'Passkeys are a first factor here, and Cognito does not allow them where a second is asked of everybody.',
      'AwsSolutions-COG8':
        'The Plus plan is paid for each user. An account holds no more than links to uploads, which the links give as well.',
    });
  }
}
