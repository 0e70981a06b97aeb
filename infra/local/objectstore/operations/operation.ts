import type { IncomingMessage } from 'node:http';
import type { Answer } from '../http/answer.ts';
import type { Query } from '../http/target.ts';
import type { CompletedObject } from '../object-store.ts';
import type { PayloadPromise } from '../signature/verify.ts';
import type { Layout } from '../storage/layout.ts';
import type { Objects } from '../storage/objects.ts';
import type { Uploads } from '../storage/uploads.ts';

/** What every operation stands on. */
export interface Services {
  readonly bucket: string;
  readonly region: string;
  readonly layout: Layout;
  readonly uploads: Uploads;
  readonly objects: Objects;
  completed(object: CompletedObject): void;
  log(entry: { kind: string; [field: string]: unknown }): void;
}

/** A request whose signature was found right. */
export interface Call {
  readonly request: IncomingMessage;
  readonly path: string;
  /** Empty for operations on the bucket. */
  readonly key: string;
  readonly query: Query;
  readonly requestId: string;
}

/** `small` bodies are read and checked against the signed digest beforehand; a `stream` the operation reads itself. */
export type Operation = {
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly scope: 'bucket' | 'key';
  /** Query parameters that tell this operation from others of the same method. */
  readonly needs: readonly string[];
  readonly allows: readonly string[];
} & (
  | {
      readonly body: 'small';
      readonly maxBodyBytes: number;
      run(services: Services, call: Call & { readonly body: Buffer }): Promise<Answer>;
    }
  | {
      readonly body: 'stream';
      run(
        services: Services,
        call: Call & { readonly payload: PayloadPromise; startBody(): void },
      ): Promise<Answer>;
    }
);

/** Enough for a body that means nothing to the operation. */
export const NO_BODY_BYTES = 65_536;
