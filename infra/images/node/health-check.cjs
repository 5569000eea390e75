// `node health-check.js <port> <path>`: exit code 0 when the service of this container answers with 200. The image has
// neither curl nor a need for a shell.
const { get } = require('node:http');

const TIMEOUT_MS = 5_000;
const [port, path] = process.argv.slice(2);

get({ host: '127.0.0.1', port, path, timeout: TIMEOUT_MS }, (response) => {
  if (response.statusCode !== 200) fail(`answered ${response.statusCode}`);
  process.exit(0);
})
  .on('timeout', () => fail(`gave no answer within ${TIMEOUT_MS} ms`))
  .on('error', (error) => fail(error.message));

function fail(reason) {
  console.error(`GET http://127.0.0.1:${port}${path}: ${reason}, expected 200`);
  process.exit(1);
}
