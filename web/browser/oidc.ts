import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import type { PageConfig } from '../../protocol/page-config.ts';
import { SIGN_IN_SCOPE } from '../../protocol/sign-in-scope.ts';
import type { Session } from './oidc-session.ts';
import { sha256Of } from './sha256.ts';

type SignInConfig = NonNullable<PageConfig['signIn']>;

/** What has to be known again when the issuer sends the person back. */
const Begun = z.object({ verifier: z.string(), state: z.string(), nonce: z.string(), hash: z.string() });
const BEGUN_KEY = 'tributary.sign-in-begun';

/** The server is the one that looks at the time; the clock of this device may be anything. */
const ANY_CLOCK_S = 10 * 366 * 86_400;

/** Leaves the page for the issuer's, which may speak the language of this one. Code flow with PKCE. */
export async function beginSignIn(config: SignInConfig, language: string): Promise<void> {
  const issuer = await issuerOf(config);
  if (!issuer.authorization_endpoint)
    throw new Error('expected an authorization endpoint; the issuer has none');
  const begun = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    hash: location.hash,
  };
  sessionStorage.setItem(BEGUN_KEY, JSON.stringify(begun));
  const url = new URL(issuer.authorization_endpoint);
  const parameters = {
    client_id: config.clientId,
    response_type: 'code',
    scope: SIGN_IN_SCOPE,
    redirect_uri: redirectUri(),
    code_challenge: await challengeOf(begun.verifier),
    code_challenge_method: 'S256',
    state: begun.state,
    nonce: begun.nonce,
    // On a borrowed device the issuer may still know somebody else.
    prompt: 'login',
    ui_locales: language,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/** Back from the issuer: the address is what it was, and the answer is who has signed in. */
export async function finishSignIn(config: SignInConfig): Promise<Session> {
  const answer = new URL(location.href);
  const begun = Begun.parse(JSON.parse(sessionStorage.getItem(BEGUN_KEY) ?? 'null'));
  sessionStorage.removeItem(BEGUN_KEY);
  history.replaceState(null, '', location.pathname + begun.hash);
  const issuer = await issuerOf(config);
  const client = clientOf(config);
  const parameters = oauth.validateAuthResponse(issuer, client, answer, begun.state);
  const response = await oauth.authorizationCodeGrantRequest(
    issuer,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    begun.verifier,
    insecureIfPageIs(),
  );
  const result = await oauth.processAuthorizationCodeResponse(issuer, client, response, {
    expectedNonce: begun.nonce,
    requireIdToken: true,
  });
  return sessionOf(result);
}

/** A fresh ID token. Throws where the issuer does not give one (any more). */
export async function refreshSession(config: SignInConfig, { refreshToken }: Session): Promise<Session> {
  if (!refreshToken) throw new Error('expected a refresh token; there is none');
  const issuer = await issuerOf(config);
  const client = clientOf(config);
  const response = await oauth.refreshTokenGrantRequest(
    issuer,
    client,
    oauth.None(),
    refreshToken,
    insecureIfPageIs(),
  );
  const result = await oauth.processRefreshTokenResponse(issuer, client, response);
  return { refreshToken, ...sessionOf(result) };
}

function sessionOf({ id_token, refresh_token }: oauth.TokenEndpointResponse): Session {
  if (!id_token) throw new Error('expected an ID token; the issuer gave none');
  return refresh_token === undefined
    ? { idToken: id_token }
    : { idToken: id_token, refreshToken: refresh_token };
}

async function issuerOf(config: SignInConfig): Promise<oauth.AuthorizationServer> {
  const name = new URL(config.issuer);
  const where = config.discoveryUrl
    ? new URL(config.discoveryUrl, location.href)
    : new URL(`${config.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  return oauth.processDiscoveryResponse(name, await fetch(where));
}

function clientOf({ clientId }: SignInConfig): oauth.Client {
  return { client_id: clientId, [oauth.clockTolerance]: ANY_CLOCK_S };
}

/** On plain http, which is on the local network, the issuer is this very server. */
function insecureIfPageIs() {
  return { [oauth.allowInsecureRequests]: location.protocol === 'http:' };
}

const redirectUri = () => `${location.origin}${location.pathname}`;

/** Not the library's own: that needs `crypto.subtle`, which plain http does not have. */
async function challengeOf(verifier: string): Promise<string> {
  const hash = await sha256Of(new TextEncoder().encode(verifier));
  return hash.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
