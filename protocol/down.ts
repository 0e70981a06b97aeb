import { z } from 'zod';
import { Board, Device, State, Stripes } from './messages/board.ts';
import { ErrorMessage } from './messages/error.ts';
import { Pong, Welcome } from './messages/hello.ts';
import { Challenge, Proven } from './messages/prove.ts';
import { Shares } from './messages/share.ts';
import { Mine, SignedIn } from './messages/sign-in.ts';
import { Granted } from './messages/sync.ts';
import { Link, Ok } from './messages/upload.ts';

/** Every message from the server to a device. */
export const Down = z.discriminatedUnion('type', [
  Welcome,
  Board,
  Challenge,
  Proven,
  Granted,
  Stripes,
  Device,
  State,
  Link,
  Shares,
  SignedIn,
  Mine,
  Ok,
  Pong,
  ErrorMessage,
]);
export type Down = z.infer<typeof Down>;
