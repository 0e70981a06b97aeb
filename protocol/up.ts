import { z } from 'zod';
import { Hello, Ping } from './messages/hello.ts';
import { Offer, Prove } from './messages/prove.ts';
import { List, Revoke, Share } from './messages/share.ts';
import { Adopt, ListMine, MailMe, Open, SignIn } from './messages/sign-in.ts';
import { Sync } from './messages/sync.ts';
import { Abort, Create, Download, Join, Leave, Pause } from './messages/upload.ts';

/** Every message from a device to the server. */
export const Up = z.discriminatedUnion('type', [
  Hello,
  Create,
  Join,
  Offer,
  Prove,
  Sync,
  Leave,
  Abort,
  Pause,
  Download,
  Share,
  Revoke,
  List,
  SignIn,
  MailMe,
  Adopt,
  ListMine,
  Open,
  Ping,
]);
export type Up = z.infer<typeof Up>;
