import { expect, test } from 'vitest';
import { makeEmitter } from './emitter.ts';

test('everybody who listens hears, in the order in which they began', () => {
  const emitter = makeEmitter<string>();
  const heard: string[] = [];
  emitter.on((event) => heard.push(`first ${event}`));
  emitter.on((event) => heard.push(`second ${event}`));
  emitter.emit('news');
  expect(heard).toEqual(['first news', 'second news']);
});

test('who stopped listening hears no more, the others do', () => {
  const emitter = makeEmitter<number>();
  const heard: string[] = [];
  const stop = emitter.on((event) => heard.push(`first ${event}`));
  emitter.on((event) => heard.push(`second ${event}`));
  stop();
  stop();
  emitter.emit(1);
  expect(heard).toEqual(['second 1']);
});

test('a listener may stop itself, or begin another, while it hears', () => {
  const emitter = makeEmitter<number>();
  const heard: string[] = [];
  const stop = emitter.on((event) => {
    stop();
    heard.push(`once ${event}`);
    emitter.on((later) => heard.push(`late ${later}`));
  });
  emitter.on((event) => heard.push(`always ${event}`));
  emitter.emit(1);
  emitter.emit(2);
  expect(heard).toEqual(['once 1', 'always 1', 'always 2', 'late 2']);
});

test('a listener that throws costs neither the others nor whoever says it anything', async () => {
  const emitter = makeEmitter<number>();
  const heard: number[] = [];
  const mistake = new Error('a mistake of the page');
  emitter.on(() => {
    throw mistake;
  });
  emitter.on((event) => heard.push(event));
  const reported = nextUnhandled();
  emitter.emit(1);
  expect(heard).toEqual([1]);
  // It is not swallowed either: it is where a page's own errors are looked for.
  expect(await reported).toBe(mistake);
});

/** The next error that nobody handles, in place of those who would end the run for it. */
function nextUnhandled(): Promise<unknown> {
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  return new Promise((resolve) => {
    process.once('unhandledRejection', (error) => {
      for (const other of others) process.on('unhandledRejection', other);
      resolve(error);
    });
  });
}
