import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { COMPOSE_FILES, composeFolder, readCompose } from './compose-model';
import { makeSecrets } from './secrets';

const START_TIMEOUT_MS = 180_000;
const secrets = makeSecrets();
const text = readFileSync(path.join(composeFolder, 'compose.yaml'), 'utf8');

// The first one may install Compose.
it.each(COMPOSE_FILES)(
  '%s is what the Compose specification allows',
  async (file) => {
    const { exitCode, stderr } = await readCompose(file, secrets);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  },
  START_TIMEOUT_MS,
);

it.each([
  [
    'a field that the specification does not know',
    'retries: 3',
    'retrys: 3',
    /healthcheck.*'retrys' not allowed/,
  ],
  [
    'a value of the wrong type',
    'read_only: true',
    'read_only: [true]',
    /read_only must be a (boolean|string)/,
  ],
  ['a dependency that is not there', 'redis: { condition', 'rediss: { condition', /undefined service/],
  [
    'a network that is not declared',
    'networks: [inside, outside]',
    'networks: [insides]',
    /undefined network/,
  ],
])('would be refused with %s', async (_, given, mistake, problem) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-compose-'));
  try {
    const file = path.join(folder, 'compose.yaml');
    writeFileSync(file, text.replace(given, mistake));
    const { exitCode, stderr } = await readCompose(file, secrets);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(problem);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each(Object.keys(secrets).filter((name) => name !== 'API_BOOTSTRAP_KEY'))(
  'says what to do when %s is not set',
  async (name) => {
    const { exitCode, stderr } = await readCompose('compose.yaml', { ...secrets, [name]: '' });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(
      `${name} is missing a value: is missing, make infra/compose/.env as its README says`,
    );
  },
);

it('takes every secret from outside: the file as it is written has none', async () => {
  const { stdout } = await readCompose('docker-compose.health-test.yml', secrets, ['--no-interpolate']);
  const { services } = JSON.parse(stdout) as {
    services: Record<string, { environment?: Record<string, string> }>;
  };
  const secretLike = Object.values(services)
    .flatMap(({ environment }) => Object.entries(environment ?? {}))
    .filter(([name]) => /PASSWORD|SECRET|TOKEN|PEPPER|KEY/.test(name));
  expect(secretLike.length).toBeGreaterThan(10);
  expect(secretLike.filter(([, value]) => !/\$\{[A-Z_]+:[?-]/.test(value))).toEqual([]);
});
