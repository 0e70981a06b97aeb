import { createHash, randomBytes } from 'node:crypto';
import { SIGN_IN_SCOPE } from '../../protocol/sign-in-scope.ts';

/** Signs in at the embedded issuer as a browser would, by its form. Answers the ID token. */
export async function signInAt(
  origin: string,
  name: string,
  passphrase: string,
  what: 'sign-in' | 'make' = 'make',
  redirectUri = `${origin}/`,
  from: { headers?: Record<string, string>; key?: string } = {},
): Promise<string> {
  const cookies = new Map<string, string>();
  const go = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(new URL(url, origin), {
      redirect: 'manual',
      headers: {
        ...from.headers,
        cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; '),
      },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const { authorization_endpoint, token_endpoint } = (await (
    await go('/oidc/.well-known/openid-configuration')
  ).json()) as Record<string, string>;
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URL(authorization_endpoint ?? '');
  asked.search = new URLSearchParams({
    client_id: 'tributary',
    response_type: 'code',
    scope: SIGN_IN_SCOPE,
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    prompt: 'login',
    state: 's',
  }).toString();
  let answer = await go(asked.href);
  const form = answer.headers.get('location');
  if (!form?.includes('/oidc/sign-in/')) throw new Error(`refused with ${answer.status}`);
  answer = await go(form, { name, passphrase, what, ...(from.key ? { key: from.key } : {}) });
  for (let hops = 0; hops < 3; hops++) {
    const to = answer.headers.get('location');
    if (!to)
      throw new Error(/role="alert">([^<]*)/.exec(await answer.text())?.[1] ?? `status ${answer.status}`);
    const url = new URL(to, origin);
    const code = url.searchParams.get('code');
    if (code) {
      const exchanged = await go(token_endpoint ?? '', {
        grant_type: 'authorization_code',
        client_id: 'tributary',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
      const { id_token, error } = (await exchanged.json()) as { id_token?: string; error?: string };
      if (!id_token) throw new Error(`no token: ${error}`);
      return id_token;
    }
    answer = await go(to);
  }
  throw new Error('the sign-in led nowhere');
}
