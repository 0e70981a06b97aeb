// Evaluated in the page: bare requests of the same slices.
window.putAll = async ({ parts, atOnce }) => {
  const [file] = document.querySelector('#bench').files;
  const put = ({ url, startByte, endByte }) =>
    new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      xhr.addEventListener('load', () =>
        xhr.status === 200 ? resolve() : reject(new Error(xhr.responseText)),
      );
      xhr.addEventListener('error', () => reject(new Error('network')));
      xhr.open('PUT', url);
      xhr.send(file.slice(startByte, endByte));
    });
  const queue = [...parts];
  const work = async () => {
    for (let part = queue.shift(); part; part = queue.shift()) await put(part);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
};
