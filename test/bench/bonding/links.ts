import type { ChildProcess } from 'node:child_process';

/** Several lines to one server, each as fast as it was made and no faster. */
export interface Links {
  kind: 'network namespaces' | 'shaping proxies';
  /** Of what a line carries, so much can be bytes of the file: the rest is headers. */
  payloadShare: number;
  /** Where the server has to be started, and what it has to be told to listen on. */
  server: Place & { host: string };
  /** Called once the server is there. `mbit`: what each line carries towards the server. */
  open(serverPort: number, mbit: readonly number[]): Promise<Link[]>;
  close(): Promise<void>;
}

/** A device's own line. */
export interface Link extends Place {
  mbit: number;
  /** The server as this device knows it. */
  origin: string;
  /** Bytes that this line has carried towards the server, headers included where they can be seen. */
  sentBytes(): number;
}

/** Where a program runs. */
export interface Place {
  spawn(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess;
}
