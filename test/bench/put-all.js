// Evaluated in the page: bare requests of the same slices; with `hashers`, each once that many workers have computed its
// SHA-256. It is not sent: who signed the requests did not know it.
window.putAll = async ({ parts, atOnce, hashers }) => {
  const [file] = document.querySelector('#bench').files;
  const slices = parts.map(({ startByte, endByte }) => file.slice(startByte, endByte));
  const put = (url, slice) =>
    new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      xhr.addEventListener('load', () =>
        xhr.status === 200 ? resolve() : reject(new Error(xhr.responseText)),
      );
      xhr.addEventListener('error', () => reject(new Error('network')));
      xhr.open('PUT', url);
      xhr.send(slice);
    });
  const hashes = hashers > 0 ? hashAll(slices, hashers, atOnce) : undefined;
  let next = 0;
  const work = async () => {
    while (next < parts.length) {
      const i = next++;
      await hashes?.of(i);
      await put(parts[i].url, slices[i]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  hashes?.close();
};

/** No more than `ahead` are hashed before they are asked for. */
function hashAll(slices, workers, ahead) {
  const results = slices.map(() => {
    const result = {};
    result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
    return result;
  });
  const url = URL.createObjectURL(new Blob([`(${hashInWorker})()`], { type: 'text/javascript' }));
  const idle = Array.from({ length: workers }, () => {
    const worker = new Worker(url);
    worker.addEventListener('message', ({ data: { i, sha256 } }) => {
      results[i].resolve(sha256);
      idle.push(worker);
      give();
    });
    worker.addEventListener('error', ({ message }) => {
      for (const { reject } of results) reject(new Error(message));
    });
    return worker;
  });
  const all = [...idle];
  let given = 0;
  let taken = 0;
  const give = () => {
    while (given < slices.length && given < taken + ahead && idle.length > 0) {
      idle.pop().postMessage({ i: given, slice: slices[given] });
      given++;
    }
  };
  return {
    of(i) {
      taken = Math.max(taken, i + 1);
      give();
      return results[i].promise;
    },
    close() {
      for (const worker of all) worker.terminate();
    },
  };
}

function hashInWorker() {
  let spare = new ArrayBuffer(0);
  self.addEventListener('message', async ({ data: { i, slice } }) => {
    // Into one buffer, again and again: fresh memory costs more than the reading.
    let buffer = spare.byteLength < slice.size ? new ArrayBuffer(slice.size) : spare;
    const reader = slice.stream().getReader({ mode: 'byob' });
    let length = 0;
    while (length < slice.size) {
      const { value } = await reader.read(new Uint8Array(buffer, length, slice.size - length));
      buffer = value.buffer;
      length += value.byteLength;
    }
    const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(buffer, 0, length));
    spare = buffer;
    self.postMessage({ i, sha256: btoa(String.fromCharCode(...new Uint8Array(digest))) });
  });
}
