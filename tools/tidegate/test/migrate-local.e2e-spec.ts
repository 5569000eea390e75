import path from 'node:path';
import { generateApiKey } from '@tidegate/api-keys';
import {
  runPython,
  startApiProcess,
  startOwnMlflow,
  startOwnPostgres,
  trackingEnvironment,
  type ApiProcess,
  type OwnMlflow,
  type OwnPostgres,
} from '@tidegate/testing';
import { startBareMlflow, type BareMlflow } from './bare-mlflow';
import { WorkFolder } from './tidegate-command';

const KINDS = ['experiments', 'runs', 'metrics', 'params', 'tags', 'artifacts', 'models'];

describe('a first MLflow, its files on its own disk and without accounts', () => {
  const folder = new WorkFolder();
  const key = generateApiKey({ environment: 'test' }).text;
  let postgres: OwnPostgres;
  let laptop: BareMlflow;
  let production: OwnMlflow;
  let api: ApiProcess;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    [laptop, production] = await Promise.all([
      startBareMlflow(folder.path, path.join(folder.path, 'mlruns')),
      startOwnMlflow(postgres),
    ]);
    const script = path.join(__dirname, 'fill-mlflow.py');
    await runPython(script, ['1'], { MLFLOW_TRACKING_URI: laptop.url });
    api = await startApiProcess(folder.path, {
      TIDEGATE_ENVIRONMENT: 'test',
      DATABASE_URL: await postgres.createDatabase('gateway'),
      MLFLOW_TRACKING_URI: production.url,
      MLFLOW_USERNAME: production.username,
      MLFLOW_PASSWORD: production.password,
      API_KEY_PEPPER: 'a pepper that is long enough for a test',
      API_SERVICE_KEYS: JSON.stringify([
        { name: 'mover', key, scopes: KINDS.flatMap((kind) => [`${kind}:read`, `${kind}:write`]) },
      ]),
    });
  }, 600_000);
  afterAll(async () => {
    await Promise.all([api?.stop(), laptop?.stop(), production?.remove()]);
    await postgres?.remove();
    folder.remove();
  }, 60_000);

  it('moves to production through the gateway with an API key, and is the same there', async () => {
    const variables = { TIDEGATE_TO_API_KEY: key };
    const gateway = `${api.url}/api/mlflow`;
    const run = (...args: string[]) => folder.tidegate(['migrate', ...args], variables);

    const exported = await run('export', '--from', laptop.url, '--to', 'moved');
    expect([exported.exitCode, exported.stdout]).toEqual([
      0,
      expect.stringContaining('5 runs, 10005 metric points, 1 logged models, 3 registered models'),
    ]);
    const imported = await run('import', '--from', 'moved', '--to', gateway);
    expect([imported.exitCode, imported.stdout]).toEqual([0, expect.stringContaining('5 runs')]);
    const compared = await run('validate', '--from', laptop.url, '--to', gateway);
    expect([compared.exitCode, compared.stdout]).toEqual([
      0,
      expect.stringContaining('Everything is equal.'),
    ]);
    expect(compared.stdout).toMatch(/5 runs, 4 metric histories, 1 logged models.* [1-9]\d* files/);
  }, 600_000);

  it('leaves alone what a server has already, and lists what is therefore not the same', async () => {
    const crowded = await startOwnMlflow(postgres);
    try {
      const login = { username: crowded.username, password: crowded.password };
      await runPython(
        [
          'from mlflow import MlflowClient',
          'client = MlflowClient()',
          'run = client.create_run(client.create_experiment("digits"), run_name="theirs")',
          'client.create_registered_model("digits", description="theirs")',
          'client.create_model_version("digits", f"runs:/{run.info.run_id}/model", run_id=run.info.run_id)',
          'client.set_registered_model_alias("digits", "production", "1")',
        ].join('\n'),
        [],
        trackingEnvironment({ url: crowded.url, ...login }),
      );
      const outcome = await folder.tidegate(
        ['migrate', 'import', '--from', 'moved', '--to', crowded.url, '--skip-deleted', '--json'],
        { TIDEGATE_TO_USERNAME: login.username, TIDEGATE_TO_PASSWORD: login.password },
      );
      expect([outcome.exitCode, JSON.parse(outcome.stdout)]).toMatchObject([
        2,
        {
          // Without the deleted experiment, and without the deleted run of another.
          ...{ experiments: 2, runs: 3, modelVersions: 5 },
          differences: [
            expect.stringMatching(/^Metric "loss" of logged model .* its run was not imported\.$/),
            'Alias "production" of "digits" stays at version 1, which was there before: imported version 3 would have it.',
            'Version 1 of "digits" is version 2 on the new server.',
          ],
        },
      ]);
    } finally {
      await crowded.remove();
    }
  }, 120_000);

  it('says so when the key is not valid', async () => {
    const weak = generateApiKey({ environment: 'test' }).text;
    const outcome = await folder.tidegate(
      ['migrate', 'import', '--from', 'moved', '--to', `${api.url}/api/mlflow`],
      { TIDEGATE_TO_API_KEY: weak },
    );
    expect([outcome.exitCode, outcome.stdout]).toEqual([1, '']);
    expect(outcome.stderr).toContain('The API key is not valid');
  }, 60_000);
});
