import { bucketContract } from './bucket.contract.ts';
import { BUCKET, serveStore } from './object-store.fixture.ts';

bucketContract('the embedded object store', async () => {
  const { client, close } = await serveStore();
  return { client, bucket: BUCKET, close };
});
