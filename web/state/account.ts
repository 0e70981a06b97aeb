import { createSignal, onCleanup } from 'solid-js';
import { MAX_ADOPTED_AT_ONCE } from '../../protocol/limits.ts';
import type { MailLanguage, MyUpload, SignedIn } from '../../protocol/messages/sign-in.ts';
import type { PageConfig } from '../../protocol/page-config.ts';
import { Session } from '../browser/oidc-session.ts';
import type { Connection } from '../engine/connection.ts';
import type { Clock } from '../engine/ports.ts';

export type AccountState =
  /** Not known yet, or nobody can sign in to this server. */
  | { state: 'none' }
  | { state: 'out'; hasFailed: boolean }
  | { state: 'in'; name: string; mail: SignedIn['mail'] };

/** Who is at this device, and what is theirs on all of their devices. */
export interface Account {
  state: () => AccountState;
  /** Newest first; follows what happens to them anywhere. */
  uploads: () => readonly MyUpload[];
  /** Leaves the page; the issuer is asked to go on in this language. */
  signIn(language: string): void;
  signOut(): void;
  /** Adds what was made meanwhile in this browser. */
  adopt(): void;
  /** Whether they want an e-mail when an upload of theirs is complete. False: the server has not taken that. */
  mailMe(isWanted: boolean, language: MailLanguage): Promise<boolean>;
}

export interface AccountOptions {
  connection: Connection;
  config: () => Promise<PageConfig>;
  clock: Clock;
  /** Of the uploads made in this browser. */
  ownSecrets: () => readonly string[];
  /** The address is what it was before the person left for the issuer. */
  returned(): void;
}

const SESSION_KEY = 'tributary.sign-in';
/** A token is renewed this long before it runs out. */
const RENEW_BEFORE_MS = 120_000;

export function createAccount(options: AccountOptions): Account {
  const { connection, clock } = options;
  const [state, setState] = createSignal<AccountState>({ state: 'none' });
  const [uploads, setUploads] = createSignal<readonly MyUpload[]>([]);
  let config: PageConfig['signIn'];
  let session = keptSession();
  let cancelRenewal = () => {};

  /** A chunk of its own: who never signs in never loads it. */
  const library = () => import('../browser/oidc.ts');

  const keep = (next: Session | undefined) => {
    session = next;
    try {
      if (next) localStorage.setItem(SESSION_KEY, JSON.stringify(next));
      else localStorage.removeItem(SESSION_KEY);
    } catch {
      // Storage that is full or forbidden: signed in until the page is closed.
    }
  };

  const out = (hasFailed: boolean) => {
    cancelRenewal();
    keep(undefined);
    setUploads([]);
    setState({ state: 'out', hasFailed });
  };

  const take = (changed: readonly MyUpload[]) => {
    const others = uploads().filter(({ upload }) => !changed.some((one) => one.upload === upload));
    setUploads([...changed, ...others].sort((a, b) => b.createdAtMs - a.createdAtMs));
  };

  /** Tells the server who is here; on every new connection again. */
  const present = async (mayRenew = true): Promise<void> => {
    if (!session || connection.status().state !== 'online') return;
    const reply = await connection.request({ type: 'sign-in', token: session.idToken });
    if (reply.state === 'refused' && reply.error.kind === 'bad-token') {
      if (mayRenew) return renew();
      return out(true);
    }
    if (reply.state !== 'answered' || reply.message.type !== 'signed-in') return;
    const { name, untilMs, mail } = reply.message;
    setState({ state: 'in', name, mail });
    cancelRenewal();
    const inMs = Math.max(0, untilMs - connection.serverNowMs() - RENEW_BEFORE_MS);
    cancelRenewal = clock.after(Math.min(inMs, 2 ** 31 - 1), () => void renew());
    await adopt();
    const listed = await connection.request({ type: 'list-mine' });
    if (listed.state === 'answered' && listed.message.type === 'mine') take(listed.message.uploads);
  };

  const renew = async (): Promise<void> => {
    if (!config || !session) return;
    try {
      keep(await (await library()).refreshSession(config, session));
    } catch {
      return out(true);
    }
    await present(false);
  };

  const adopt = async () => {
    const secrets = [...options.ownSecrets()];
    while (secrets.length > 0) {
      await connection.request({ type: 'adopt', secrets: secrets.splice(0, MAX_ADOPTED_AT_ONCE) });
    }
  };

  const begin = async () => {
    ({ signIn: config } = await options.config());
    if (!config) return;
    if (!session) setState({ state: 'out', hasFailed: false });
    const query = new URLSearchParams(location.search);
    if (query.has('state') && (query.has('code') || query.has('error'))) {
      try {
        keep(await (await library()).finishSignIn(config));
      } catch {
        history.replaceState(null, '', location.pathname + location.hash);
        out(true);
      }
      options.returned();
    }
    await present();
  };

  onCleanup(
    connection.onMessage((message) => {
      if (message.type === 'mine') take(message.uploads);
    }),
  );
  onCleanup(
    connection.onStatus((status) => {
      if (status.state === 'online' && config) void present();
    }),
  );
  onCleanup(() => cancelRenewal());
  // Without the configuration there is no socket either, and the page says so.
  begin().catch(() => {});

  return {
    state,
    uploads,
    signIn(language) {
      if (!config) return;
      const signIn = config;
      library()
        .then(({ beginSignIn }) => beginSignIn(signIn, language))
        .catch(() => out(true));
    },
    signOut() {
      out(false);
      // The connection still speaks for whoever was here.
      connection.reconnect();
    },
    adopt: () => void (state().state === 'in' && adopt()),
    async mailMe(isWanted, language) {
      if (!session) return false;
      const reply = await connection.request({ type: 'mail-me', isWanted, language, token: session.idToken });
      if (reply.state !== 'answered' || reply.message.type !== 'ok') return false;
      setState((now) => (now.state === 'in' && now.mail ? { ...now, mail: { ...now.mail, isWanted } } : now));
      return true;
    },
  };
}

function keptSession(): Session | undefined {
  try {
    const kept = Session.safeParse(JSON.parse(localStorage.getItem(SESSION_KEY) ?? 'null'));
    return kept.success ? kept.data : undefined;
  } catch {
    return undefined;
  }
}
