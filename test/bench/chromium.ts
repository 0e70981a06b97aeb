import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/**
 * A Chromium driven by as little of the DevTools protocol as will do. Playwright will not do here: it has the browser
 * report every request with its body, 5 MiB of it as text, and that costs more than sending it.
 */
export interface Chromium {
  /** `isFree`: the page may ask what it likes of whom it likes, whatever policy it was sent with. */
  open(url: string, isFree?: boolean): Promise<BenchPage>;
  /** Resident memory of all renderers, MiB; undefined where there is no /proc. */
  rendererMib(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface BenchPage {
  /** Evaluates an expression, waits for what it promises, and answers its value. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Puts the file into the input that the CSS selector names. */
  choose(selector: string, path: string): Promise<void>;
  close(): Promise<void>;
}

/** A name for this machine by which a page is no secure context, as over plain http on a LAN. */
export const NOT_SECURE = 'tributary.test';

const FLAGS = [
  `--host-resolver-rules=MAP ${NOT_SECURE} 127.0.0.1`,
  '--headless',
  '--remote-debugging-port=0',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function startChromium(): Promise<Chromium> {
  const executable = process.env.CHROME_PATH;
  if (!executable) throw new Error('CHROME_PATH is not set; npm run bench finds a Chromium');
  const profile = await mkdtemp(join(tmpdir(), 'tributary-chromium-'));
  const flags = process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS;
  const child = spawn(executable, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const send = await connect(await addressIn(child.stderr));
  return {
    async open(url, isFree = false) {
      const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      });
      const page = pageOf(
        (method, params) => send(method, params, sessionId),
        () => send('Target.closeTarget', { targetId }),
      );
      if (isFree) await send('Page.setBypassCSP', { enabled: true }, sessionId);
      await page.evaluate(`location.href = ${JSON.stringify(url)}`);
      await until(page, `location.href !== 'about:blank' && document.readyState === 'complete'`);
      return page;
    },
    async rendererMib() {
      const { processInfo } = await send<{ processInfo: Array<{ type: string; id: number }> }>(
        'SystemInfo.getProcessInfo',
      );
      const renderers = processInfo.filter(({ type }) => type === 'renderer');
      const sizes = await Promise.all(renderers.map(({ id }) => residentMib(id)));
      return sizes.some((mib) => mib === undefined)
        ? undefined
        : sizes.reduce<number>((sum, mib) => sum + (mib ?? 0), 0);
    },
    async close() {
      child.kill();
      await exited;
      // Its helpers may still be writing as they end.
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Waits until the expression is true in the page. */
export async function until(page: BenchPage, expression: string): Promise<void> {
  for (;;) {
    const isSo = await page.evaluate<boolean>(`Boolean(${expression})`).catch(() => false);
    if (isSo) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

type Send = <Answer>(method: string, params?: object, sessionId?: string) => Promise<Answer>;

async function addressIn(stderr: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stderr })) {
    const found = /^DevTools listening on (ws:\S+)$/.exec(line);
    if (found?.[1]) return found[1];
  }
  throw new Error('Chromium ended before it listened');
}

async function connect(address: string): Promise<Send> {
  const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 0 });
  await once(socket, 'open');
  const waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>();
  let lastId = 0;
  socket.on('message', (data) => {
    const answer = JSON.parse(String(data));
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return (method, params = {}, sessionId) => {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(error.message)) : resolve(result as never),
      );
      socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    });
  };
}

function pageOf(send: Send, close: () => Promise<unknown>): BenchPage {
  return {
    async evaluate(expression) {
      const { result, exceptionDetails } = await send<{
        result: { value: never };
        exceptionDetails?: { text: string; exception?: { description?: string } };
      }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    async choose(selector, path) {
      const { root } = await send<{ root: { nodeId: number } }>('DOM.getDocument');
      const { nodeId } = await send<{ nodeId: number }>('DOM.querySelector', {
        nodeId: root.nodeId,
        selector,
      });
      await send('DOM.setFileInputFiles', { files: [path], nodeId });
    },
    async close() {
      await close();
    },
  };
}

async function residentMib(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_024;
  } catch {
    return undefined;
  }
}
