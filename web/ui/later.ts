import { type Component, lazy } from 'solid-js';
import { chunk } from '../browser/chunk.ts';

/** A component whose code comes when it is first shown, sooner or later: for what most people never open. */
export function later<Module, Props extends object>(
  load: () => Promise<Module>,
  pick: (module: Module) => Component<Props>,
): Component<Props> {
  const loadOnce = chunk(load);
  return lazy(async () => ({ default: pick(await loadOnce()) }));
}
