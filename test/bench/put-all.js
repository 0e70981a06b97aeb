// Evaluated in the page: bare requests of the same slices, and an input to choose the file with.
const input = document.createElement('input');
input.type = 'file';
input.id = 'bench';
document.body.append(input);

window.putAll = async ({ parts, atOnce }) => {
  const [file] = input.files;
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
