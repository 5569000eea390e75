import { chown, stat } from 'node:fs/promises';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { startOwnPostgres, type OwnPostgres } from '@tidegate/testing';
import { createMlflowDatabases, query } from './mlflow-databases';
import { runMlflowProgram } from './mlflow-program';

jest.setTimeout(180_000);

let postgres: OwnPostgres;
let environment: Record<string, string>;
let dataDir: string;

/** A certificate for `localhost` that is its own authority; the name of its file. */
async function makeCertificate(name: string): Promise<string> {
  const [file, keyFile] = [path.join(dataDir, `${name}.pem`), path.join(dataDir, `${name}.key`)];
  const kind = 'req -x509 -nodes -days 1 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=localhost';
  const args = [
    ...kind.split(' '),
    '-addext',
    'subjectAltName=DNS:localhost',
    '-keyout',
    keyFile,
    '-out',
    file,
  ];
  expect(await runCommand('openssl', args, { env: hostEnvironment([]) })).toMatchObject({ exitCode: 0 });
  const { uid, gid } = await stat(dataDir);
  await chown(keyFile, uid, gid);
  return file;
}

beforeAll(async () => {
  postgres = await startOwnPostgres();
  dataDir = String((await query(postgres.adminUrl, 'SHOW data_directory'))[0]?.['data_directory']);
  const file = await makeCertificate('right');
  await query(postgres.adminUrl, `ALTER SYSTEM SET ssl_cert_file = '${file}'`);
  await query(postgres.adminUrl, `ALTER SYSTEM SET ssl_key_file = '${file.replace('.pem', '.key')}'`);
  await query(postgres.adminUrl, 'ALTER SYSTEM SET ssl = on');
  await postgres.stop();
  await postgres.start();
  environment = {
    ...(await createMlflowDatabases(postgres.adminUrl)).environment,
    MLFLOW_DB_HOST: 'localhost',
  };
}, 180_000);
afterAll(() => postgres.remove());

it('reaches a server that the given authority vouches for by its name', async () => {
  const variables = { ...environment, MLFLOW_DB_CA_FILE: path.join(dataDir, 'right.pem') };
  expect(await runMlflowProgram('upgrade', variables)).toMatchObject({ exitCode: 0 });
});

it('refuses one that another authority vouches for, or that has another name', async () => {
  const wrong = { ...environment, MLFLOW_DB_CA_FILE: await makeCertificate('wrong') };
  expect((await runMlflowProgram('upgrade', wrong)).stderr).toContain('certificate verify failed');
  const renamed = {
    ...environment,
    MLFLOW_DB_CA_FILE: path.join(dataDir, 'right.pem'),
    MLFLOW_DB_HOST: '127.0.0.1',
  };
  expect((await runMlflowProgram('upgrade', renamed)).stderr).toContain('does not match host name');
});
