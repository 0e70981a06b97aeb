import { spawn, spawnSync } from 'node:child_process';
import type { Link, Links, Place } from './links.ts';

const SERVER_ADDRESS = '10.77.0.1';
/** A router's queue: this long a packet waits before it is dropped. */
const QUEUE_MS = 200;
/** The timer that lets packets through rings some 250 times a second: two of its turns have to fit. */
const TURNS_PER_S = 250;
/** Of a full Ethernet frame, with TCP's timestamps. */
const PAYLOAD_SHARE = 1_448 / 1_514;
/** A bucket has to hold the largest packet at least. */
const MIN_BURST_BYTES = 15_140;

/**
 * One network namespace for the server and one for each device, joined by a pair of virtual cards whose device side is
 * shaped by the kernel's token bucket. TCP does there what it does on a line: fill the queue, lose packets, back off.
 */
export function makeNamespaces(): Links | undefined {
  const server = `tributary-${process.pid}-server`;
  const made: string[] = [];
  const add = (name: string) => {
    run('ip', 'netns', 'add', name);
    made.push(name);
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
  };
  const close = async () => {
    for (const name of made.splice(0)) spawnSync('ip', ['netns', 'del', name]);
  };
  try {
    add(server);
    run('ip', '-n', server, 'addr', 'add', `${SERVER_ADDRESS}/32`, 'dev', 'lo');
    probeShaping(server);
  } catch {
    void close();
    return undefined;
  }
  return {
    kind: 'network namespaces',
    payloadShare: PAYLOAD_SHARE,
    server: { ...placeIn(server), host: '0.0.0.0' },
    async open(port, mbit) {
      return mbit.map((rate, i) => {
        const name = `tributary-${process.pid}-${made.length}`;
        add(name);
        return openLink(name, server, i + 1, rate, port);
      });
    },
    close,
  };
}

function openLink(name: string, server: string, number: number, mbit: number, port: number): Link {
  const subnet = `10.77.${number}`;
  const far = `to-${number}`;
  // A server that stays may have this line from a run before.
  spawnSync('ip', ['-n', server, 'link', 'del', far]);
  run(
    'ip',
    'link',
    'add',
    'name',
    'wan',
    'netns',
    name,
    'type',
    'veth',
    'peer',
    'name',
    far,
    'netns',
    server,
  );
  run('ip', '-n', name, 'addr', 'add', `${subnet}.2/24`, 'dev', 'wan');
  run('ip', '-n', name, 'link', 'set', 'wan', 'up');
  run('ip', '-n', server, 'addr', 'add', `${subnet}.1/24`, 'dev', far);
  run('ip', '-n', server, 'link', 'set', far, 'up');
  // Cubic, as devices have it, whatever this machine's own choice is.
  run('ip', '-n', name, 'route', 'add', 'default', 'via', `${subnet}.1`, 'congctl', 'cubic');
  shape(name, 'wan', mbit);
  return {
    ...placeIn(name),
    mbit,
    origin: `http://${SERVER_ADDRESS}:${port}`,
    // By the shaper's own count: the card's has one header for all packets that it was handed as one.
    sentBytes: () => JSON.parse(run('tc', '-n', name, '-s', '-j', 'qdisc', 'show', 'dev', 'wan'))[0].bytes,
  };
}

function shape(name: string, device: string, mbit: number): void {
  const burst = Math.max(MIN_BURST_BYTES, Math.round((mbit * 1_000_000 * 2) / 8 / TURNS_PER_S));
  const limits = ['rate', `${mbit}mbit`, 'burst', String(burst), 'latency', `${QUEUE_MS}ms`];
  run('tc', '-n', name, 'qdisc', 'replace', 'dev', device, 'root', 'tbf', ...limits);
}

/** Throws where this kernel has no token bucket. */
function probeShaping(name: string): void {
  shape(name, 'lo', 1_000);
  run('tc', '-n', name, 'qdisc', 'del', 'dev', 'lo', 'root');
}

function placeIn(name: string): Place {
  return {
    // `ip netns exec` becomes the program: a signal to it reaches the program.
    spawn: (args, env) =>
      spawn('ip', ['netns', 'exec', name, process.execPath, ...args], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
  };
}

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}
