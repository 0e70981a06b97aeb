/** Acts at once and then every so often, as long as it is not stopped. Keeps no process alive. */
export function runEvery(periodMs: number, act: () => void): { stop(): void } {
  const timer = setInterval(act, periodMs);
  timer.unref();
  act();
  return { stop: () => clearInterval(timer) };
}
