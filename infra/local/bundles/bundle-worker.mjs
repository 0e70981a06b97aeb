// Runs one bundle as Lambda would: the file alone, an environment of its own, events and answers as JSON.
import { parentPort, workerData } from 'node:worker_threads';

const { handler } = await import(workerData.url);

parentPort.on('message', async ({ id, event, context, deadlineMs }) => {
  const getRemainingTimeInMillis = () => Math.max(0, deadlineMs - Date.now());
  try {
    const value = await handler(JSON.parse(event), { ...context, getRemainingTimeInMillis });
    parentPort.postMessage({ id, value: JSON.stringify(value ?? null) });
  } catch (error) {
    parentPort.postMessage({
      id,
      error: { name: error?.name, message: error?.message, stack: error?.stack },
    });
  }
});
parentPort.postMessage('ready');
