import type { Role } from '../../protocol/messages/common.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { ShareInfo } from '../../protocol/messages/share.ts';
import type { Connection, Reply } from './connection.ts';
import { makeEmitter } from './emitter.ts';

/** A link to be made. The secret is the caller's: the link can be shown before the server has answered. */
export interface NewLink {
  secret: string;
  role: Role;
  name: string;
  lifeMs?: number;
  limitBytes?: number;
}

/** What became of a change: done, refused with a reason, or not answered (saying it again is harmless). */
export type LinkChange = { state: 'done' } | { state: 'refused'; error: ProtocolError } | { state: 'lost' };

/** The links of one upload, as an owner sees them; follows what other owners do. */
export interface Links {
  /** Undefined until they are known. */
  all(): readonly ShareInfo[] | undefined;
  onChange(listener: () => void): () => void;
  ask(): Promise<LinkChange>;
  make(link: NewLink): Promise<LinkChange>;
  revoke(share: string): Promise<LinkChange>;
  close(): void;
}

/** `upload`: the upload's id, once it is open. */
export function makeLinks(connection: Connection, upload: () => string | undefined): Links {
  const changes = makeEmitter<void>();
  let all: readonly ShareInfo[] | undefined;

  const take = (shares: readonly ShareInfo[]) => {
    all = shares;
    changes.emit();
  };
  const stop = connection.onMessage((message) => {
    if (message.type === 'shares' && message.upload === upload()) take(message.shares);
  });
  const taken = (reply: Reply): LinkChange => {
    if (reply.state === 'refused') return { state: 'refused', error: reply.error };
    if (reply.state === 'lost' || reply.message.type !== 'shares') return { state: 'lost' };
    take(reply.message.shares);
    return { state: 'done' };
  };

  const say = async (request: (upload: string) => Promise<Reply>): Promise<LinkChange> => {
    const id = upload();
    return id === undefined ? { state: 'lost' } : taken(await request(id));
  };
  return {
    all: () => all,
    onChange: changes.on,
    ask: () => say((id) => connection.request({ type: 'list', upload: id })),
    make: (link) => say((id) => connection.request({ type: 'share', upload: id, ...link })),
    revoke: (share) => say((id) => connection.request({ type: 'revoke', upload: id, share })),
    close: stop,
  };
}
