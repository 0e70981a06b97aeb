/**
 * An adapter that is loaded when it is first used: at a cold start Lambda reads what every message needs, and the clients
 * of S3, Lambda and SNS with the first message that needs them. All methods of such a port answer with a promise.
 */
export function lazily<Port extends object>(
  methods: Record<keyof Port, true>,
  load: () => Promise<Port>,
): Port {
  let loaded: Promise<Port> | undefined;
  const called =
    (method: keyof Port) =>
    async (...args: unknown[]) => {
      loaded ??= load();
      const port = await loaded;
      return (port[method] as (...args: unknown[]) => unknown)(...args);
    };
  const names = Object.keys(methods) as Array<keyof Port>;
  return Object.fromEntries(names.map((method) => [method, called(method)])) as Port;
}
