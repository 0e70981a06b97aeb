import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { counterNameOf } from '../../../functions/hashing.ts';
import type { IdentityOptions } from '../../../functions/identity/identity.ts';
import type { Log, Quotas } from '../../../functions/ports.ts';
import { isFromHere, mayCreate } from '../../../functions/rules.ts';
import type { Table } from '../../../functions/table/table.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { SIGN_IN_SCOPE, SIGN_IN_SCOPES } from '../../../protocol/sign-in-scope.ts';
import { sourceIp } from '../gateway/handshake.ts';
import { type Account, makeAccounts } from './accounts.ts';
import { makeAdapter } from './adapter.ts';
import { publicKeysOf, signInKeys } from './keys.ts';
import { loadProvider } from './library.ts';
import { OIDC_PATH } from './path.ts';
import { LOST_PAGE, SIGN_IN_CSS, signInPage } from './sign-in-page.ts';
import { type SignInProblem, signInWords } from './sign-in-words.ts';

/** A name, not an address: the same by whatever address somebody came. The page finds the rest beside itself. */
const ISSUER = 'http://localhost/oidc';
const CLIENT_ID = 'tributary';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const MAX_FORM_BYTES = 4_096;
const MINUTE_MS = 60_000;

export interface SignInServer {
  listener: RequestListener;
  /** What verifies its tokens. */
  identity: IdentityOptions;
  /** What the page is told of it. */
  signIn: { issuer: string; clientId: string; discoveryUrl: string };
}

export interface SignInServerOptions {
  folder: string;
  /** From elsewhere than this machine, who has its key may make an account. */
  keyHash: string;
  table: Table;
  quotas: Quotas;
  limits: Pick<Limits, 'passphrasesPerName' | 'passphrasesPerSource'>;
  nowMs: () => number;
  log: Log;
}

/** An OpenID Connect issuer for people of one machine: code flow with PKCE, and a page to sign in. */
export async function makeSignInServer(options: SignInServerOptions): Promise<SignInServer> {
  const { folder, keyHash, table, quotas, limits, nowMs, log } = options;
  const keys = await signInKeys(folder);
  const accounts = makeAccounts(table);
  const calledBy = new AsyncLocalStorage<string>();

  const Provider = await loadProvider();
  const provider = new Provider(ISSUER, {
    adapter: makeAdapter(table, nowMs),
    jwks: { keys: [keys.signing] },
    cookies: { keys: [keys.cookies] },
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        // Only for form's sake: see below.
        redirect_uris: ['http://localhost/'],
      },
    ],
    responseTypes: ['code'],
    scopes: [...SIGN_IN_SCOPES],
    // An account here has no address, so the last two are never said.
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    pkce: { required: () => true },
    // The page itself, and no other one.
    clientBasedCORS: ({ headers }, origin) => URL.canParse(origin) && new URL(origin).host === headers.host,
    issueRefreshToken: async () => true,
    ttl: {
      AccessToken: HOUR_S,
      AuthorizationCode: 60,
      Grant: 30 * DAY_S,
      IdToken: HOUR_S,
      Interaction: HOUR_S,
      RefreshToken: 30 * DAY_S,
      Session: DAY_S,
    },
    interactions: { url: (_context, { uid }) => `${OIDC_PATH}/sign-in/${uid}` },
    async findAccount(_context, subject) {
      const account = await accounts.find(subject);
      return account && { accountId: subject, claims: () => ({ sub: subject, name: account.name }) };
    },
    // There is one client, and it is this server's own page: whoever signs in has agreed.
    async loadExistingGrant({ oidc }) {
      const { client, session, provider: issuer } = oidc;
      if (!client || !session?.accountId) return undefined;
      const known = session.grantIdFor(client.clientId);
      const grant =
        (known && (await issuer.Grant.find(known))) ||
        new issuer.Grant({ clientId: client.clientId, accountId: session.accountId });
      // Also to one of an earlier version, which may have asked for less.
      grant.addOIDCScope(SIGN_IN_SCOPE);
      await grant.save();
      return grant;
    },
    renderError(context) {
      context.type = 'html';
      context.body = LOST_PAGE;
    },
  });
  // The page may be at any address of this machine: it goes back to the very one by which it was called. Anything else
  // would send a code to whoever asked for it.
  provider.Client.prototype.redirectUriAllowed = (uri: string) => {
    if (!URL.canParse(uri)) return false;
    const { host, pathname, protocol, search, hash, username } = new URL(uri);
    const isPage = pathname === '/' && search === '' && hash === '' && username === '';
    return /^https?:$/.test(protocol) && isPage && host === calledBy.getStore();
  };
  provider.on('server_error', (_context, error) => log({ kind: 'sign-in-failed', error: error.name }));

  const callback = provider.callback();

  /** An account lets somebody upload: whoever merely reaches the port may not make one. */
  const mayMake = (request: IncomingMessage, key?: string): boolean =>
    mayCreate(
      { by: 'key-holders', keyHash },
      { sourceIp: sourceIp(request), host: request.headers.host ?? '', isSignedIn: false, key },
    );

  const interact = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const details = await provider.interactionDetails(request, response).catch(() => undefined);
    if (!details) return html(response, 400, LOST_PAGE);
    const action = `${OIDC_PATH}/sign-in/${details.uid}`;
    const words = signInWords(details.params.ui_locales);
    const show = (name: string, problem: SignInProblem | undefined) =>
      html(response, 200, signInPage({ action, name, problem, asksForKey: !mayMake(request), words }));
    if (request.method !== 'POST') return show('', undefined);
    const form = await readForm(request);
    const name = form?.get('name')?.trim() ?? '';
    const tried = await attempt(request, name, form);
    if (typeof tried === 'string') return show(name, tried);
    await provider.interactionFinished(request, response, { login: { accountId: tried.subject } });
  };

  /** By name, so that nobody guesses for long; and by source, for each try takes its time of all others. */
  const mayTry = async (request: IncomingMessage, name: string): Promise<boolean> => {
    const source = sourceIp(request);
    const take = (of: string, who: string, most: number) =>
      quotas.take({ of, who: counterNameOf(who), most, windowMs: MINUTE_MS });
    const isHere = isFromHere(source, request.headers.host ?? '');
    if (!isHere && !(await take('passphrases-of', source, limits.passphrasesPerSource))) return false;
    return take('passphrases', name.normalize('NFKC').toLowerCase(), limits.passphrasesPerName);
  };

  /** An account, or what to say to the person. */
  const attempt = async (
    request: IncomingMessage,
    name: string,
    form: URLSearchParams | undefined,
  ): Promise<Account | SignInProblem> => {
    const passphrase = form?.get('passphrase') ?? '';
    if (name === '' || name.length > 64 || /\p{C}/u.test(name)) return 'bad-name';
    if (passphrase.length < 8 || passphrase.length > 256) return 'bad-passphrase';
    if (form?.get('what') === 'make' && !mayMake(request, form.get('key')?.trim())) return 'wants-key';
    if (!(await mayTry(request, name))) return 'too-often';
    if (form?.get('what') === 'make') {
      return accounts.make(name, passphrase);
    }
    return (await accounts.check(name, passphrase)) ?? 'no-match';
  };

  const listener: RequestListener = (request, response) => {
    const { url = '' } = request;
    if (url === `${OIDC_PATH}/sign-in.css`) {
      response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/css; charset=utf-8' }).end(SIGN_IN_CSS);
      return;
    }
    if (url.startsWith(`${OIDC_PATH}/sign-in/`)) {
      interact(request, response).catch((error: unknown) => {
        log({ kind: 'sign-in-failed', error: error instanceof Error ? error.name : 'unknown' });
        if (!response.headersSent) html(response, 500, LOST_PAGE);
      });
      return;
    }
    // Koa wants to be told where it is mounted.
    Object.assign(request, { originalUrl: url });
    request.url = url.slice(OIDC_PATH.length) || '/';
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    calledBy.run(request.headers.host?.toLowerCase() ?? '', () => void callback(request, response));
  };
  return {
    listener,
    identity: { issuer: ISSUER, clientId: CLIENT_ID, jwks: publicKeysOf(keys) },
    signIn: {
      issuer: ISSUER,
      clientId: CLIENT_ID,
      discoveryUrl: `${OIDC_PATH.slice(1)}/.well-known/openid-configuration`,
    },
  };
}

/** No script, no frame, and a form that goes here or, by its answer, back to the page. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

function html(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/html; charset=utf-8' }).end(body);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const sizeBytes = Number(request.headers['content-length'] ?? Number.NaN);
  if (!(sizeBytes <= MAX_FORM_BYTES)) return undefined;
  return new URLSearchParams(await text(request));
}
