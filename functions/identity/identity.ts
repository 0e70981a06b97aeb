import { JwtVerifier } from 'aws-jwt-verify';
import type { Jwks } from 'aws-jwt-verify/jwk';
import { z } from 'zod';
import { subjectOf } from '../hashing.ts';

/** Somebody who has signed in. */
export interface Person {
  /** Made of issuer and subject; says neither. */
  subject: string;
  /** As the issuer gives it; may be empty. */
  name: string;
  /** Undefined: the issuer says none, or does not vouch for it. */
  email: string | undefined;
  untilMs: number;
}

/** Who a token speaks of. */
export interface Identity {
  /** Undefined: it is not one of our issuer's, for us, and of now. */
  verify(token: string): Promise<Person | undefined>;
}

export interface IdentityOptions {
  issuer: string;
  clientId: string;
  /** The issuer's keys, where they are known; else they are fetched from where its configuration says. */
  jwks?: Jwks;
}

const Configuration = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });

const Claims = z.object({
  sub: z.string().min(1),
  exp: z.number(),
  // Cognito has access tokens and ID tokens; only the latter are for us.
  token_use: z.literal('id').optional(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  // Some issuers say it as a text.
  email_verified: z.union([z.boolean(), z.enum(['true', 'false'])]).optional(),
  'cognito:username': z.string().optional(),
});

const MAX_NAME_LENGTH = 100;
const ASK_WITHIN_MS = 5_000;

/**
 * Verifies ID tokens of one issuer for one client. Signature, issuer, audience and time are the library's work, and an
 * unsigned token is none.
 *
 * @throws where the issuer's keys cannot be had: that says nothing of the token.
 */
export function makeIdentity({ issuer, clientId, jwks }: IdentityOptions): Identity {
  const makeVerifier = async () => {
    const verifier = JwtVerifier.create({
      issuer,
      audience: clientId,
      jwksUri: jwks ? 'https://issuer.invalid/keys' : await jwksUriOf(issuer),
    });
    if (jwks) verifier.cacheJwks(jwks);
    return verifier;
  };
  let verifier: ReturnType<typeof makeVerifier> | undefined;
  const ready = () => {
    verifier ??= makeVerifier().catch((error: unknown) => {
      verifier = undefined;
      throw error;
    });
    return verifier;
  };
  return {
    async verify(token) {
      const verify = await ready();
      const payload = await verify.verify(token).catch((error: unknown) => {
        if (isAboutKeys(error)) throw error;
        return undefined;
      });
      const claims = Claims.safeParse(payload);
      if (!claims.success) return undefined;
      const { sub, exp, name, preferred_username, email } = claims.data;
      const shown = name ?? preferred_username ?? email ?? claims.data['cognito:username'] ?? '';
      return {
        subject: subjectOf(issuer, sub),
        name: shown.slice(0, MAX_NAME_LENGTH),
        email: String(claims.data.email_verified) === 'true' ? email : undefined,
        untilMs: exp * 1_000,
      };
    },
  };
}

async function jwksUriOf(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_WITHIN_MS), redirect: 'error' });
  if (!answer.ok) throw new Error(`expected the configuration of the issuer at ${url}; got ${answer.status}`);
  const configuration = Configuration.parse(await answer.json());
  if (configuration.issuer !== issuer) {
    throw new Error(`expected the configuration of ${issuer}; got that of ${configuration.issuer}`);
  }
  return configuration.jwks_uri;
}

/** The issuer did not answer, or not in time: another try may go well. */
function isAboutKeys(error: unknown): boolean {
  return error instanceof Error && /^(Fetch|NonRetryableFetch|JwksNotAvailable|WaitPeriod)/.test(error.name);
}
