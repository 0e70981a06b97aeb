import { Upload } from 'tus-js-client';
import { chosenFile } from './file-input.ts';

/** tus-js-client as its documentation recommends: no chunk size, so that the file goes in one request. */
function uploadByTus(endpoint: string): Promise<void> {
  const file = chosenFile();
  return new Promise((resolve, reject) => {
    new Upload(file, {
      endpoint,
      storeFingerprintForResuming: false,
      onError: reject,
      onSuccess: () => resolve(),
    }).start();
  });
}

Object.assign(window, { uploadByTus });
