import { Match } from 'aws-cdk-lib/assertions';
import { afterEach, expect, test, vi } from 'vitest';
import { synthesise } from '../../../test/support/synthesised.ts';
import { beginSignIn } from '../../../web/browser/oidc.ts';

const ISSUER = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_people';

afterEach(() => vi.unstubAllGlobals());

/** The address to which the page sends somebody who wants to sign in. */
async function whereThePageGoes(): Promise<URL> {
  const assign = vi.fn();
  vi.stubGlobal('sessionStorage', { setItem() {} });
  vi.stubGlobal('location', {
    origin: 'https://files.example.org',
    pathname: '/',
    protocol: 'https:',
    hash: '',
    assign,
  });
  vi.stubGlobal('fetch', async () =>
    Response.json({
      issuer: ISSUER,
      authorization_endpoint: 'https://login.example.org/oauth2/authorize',
    }),
  );
  await beginSignIn({ issuer: ISSUER, clientId: 'page' }, 'en');
  return new URL(assign.mock.calls[0]?.[0]);
}

test('the page asks for who somebody is and for their address, and the pool lets it ask for just that', async () => {
  const asked = (await whereThePageGoes()).searchParams.get('scope')?.split(' ') ?? [];
  // Cognito puts `email` and `email_verified` into an ID token for this scope alone, and a letter needs both.
  expect(asked).toContain('email');
  synthesise().lasting.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    AllowedOAuthScopes: Match.exact(asked),
  });
});
