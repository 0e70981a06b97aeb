import type { Ports } from '../../functions/ports.ts';

/** What a process does to the world, and where it can be interrupted. */
const FALLIBLE = [
  'uploads',
  'stripes',
  'manifests',
  'members',
  'register',
  'notices',
  'bucket',
  'sockets',
] as const;

export interface Fault {
  /** Which of the calls, counted from 0. */
  step: number;
  /** `before`: the call is not made. `after`: it is made, and its answer does not arrive. */
  moment: 'before' | 'after';
  /** `dies`: no call is made from then on. `fails`: the others go as they should. */
  what: 'dies' | 'fails';
}

export interface Faulty {
  ports: Ports;
  /** The calls so far: `bucket.complete`. */
  steps: readonly string[];
}

class FaultError extends Error {}

/** A process that calls through these ports and meets the fault, if one is given. */
export function withFault(ports: Ports, fault?: Fault): Faulty {
  const steps: string[] = [];
  let isDead = false;

  const call = async (name: string, make: () => unknown): Promise<unknown> => {
    if (isDead) throw new FaultError(`${name} by a process that is dead`);
    const isHere = fault?.step === steps.length;
    steps.push(name);
    if (!isHere) return make();
    isDead = fault?.what === 'dies';
    if (fault?.moment === 'after') await make();
    throw new FaultError(`${name} ${fault?.what} ${fault?.moment}`);
  };
  const wrap = <Port extends object>(port: string, target: Port): Port =>
    new Proxy(target, {
      get(_, method) {
        const made = Reflect.get(target, method) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) =>
          call(`${port}.${String(method)}`, () => Reflect.apply(made, target, args));
      },
    });
  const wrapped = Object.fromEntries(FALLIBLE.map((port) => [port, wrap(port, ports[port])]));
  return { ports: { ...ports, ...wrapped }, steps };
}

/** Every fault that a run of so many steps can meet. */
export function faultsOf(what: Fault['what'], steps: number): Fault[] {
  return Array.from({ length: steps }, (_, step) => step).flatMap((step) =>
    (['before', 'after'] as const).map((moment) => ({ step, moment, what })),
  );
}

/** A call that has been made and waits to be let go on. */
export interface Held {
  reached: Promise<void>;
  letGo(): void;
}

/** Holds the first call of this method, before it is made or after, while the rest of the world goes on. */
export function holdAt<Port extends keyof Ports>(
  ports: Ports,
  port: Port,
  method: keyof Ports[Port],
  moment: Fault['moment'],
): Held & { ports: Ports } {
  let reach = () => {};
  let letGo = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let isFirst = true;
  const target = ports[port];
  const made = target[method] as (...args: unknown[]) => unknown;
  const held = async (...args: unknown[]) => {
    const holds = isFirst;
    isFirst = false;
    const wait = async () => {
      reach();
      await released;
    };
    if (holds && moment === 'before') await wait();
    const answer = await Reflect.apply(made, target, args);
    if (holds && moment === 'after') await wait();
    return answer;
  };
  return { reached, letGo, ports: { ...ports, [port]: { ...target, [method]: held } } };
}
