import path from 'node:path';
import {
  runPython,
  startOwnMlflow,
  startOwnPostgres,
  trackingEnvironment,
  type OwnMlflow,
  type OwnPostgres,
} from '@tidegate/testing';
import { startBareMlflow, type BareMlflow } from './bare-mlflow';
import { InterruptingRelay } from './interrupting-relay';
import { WorkFolder } from './tidegate-command';

interface Outcome {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly outcome: { readonly differences?: unknown };
}

describe('from a laptop to dev and on to production', () => {
  const folder = new WorkFolder();
  let postgres: OwnPostgres;
  let laptop: BareMlflow;
  let dev: OwnMlflow;
  let production: OwnMlflow;
  let relay: InterruptingRelay;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    [laptop, dev, production] = await Promise.all([
      startBareMlflow(folder.path, path.join(folder.path, 'mlruns')),
      startOwnMlflow(postgres),
      startOwnMlflow(postgres),
    ]);
    relay = new InterruptingRelay(dev.url);
    await relay.start();
    await runPython(path.join(__dirname, 'fill-mlflow.py'), ['1'], { MLFLOW_TRACKING_URI: laptop.url });
  }, 600_000);
  afterAll(async () => {
    await Promise.all([relay?.stop(), laptop?.stop(), dev?.remove(), production?.remove()]);
    await postgres?.remove();
    folder.remove();
  }, 60_000);

  const toDev = (): Record<string, string> => ({
    TIDEGATE_TO_USERNAME: dev.username,
    TIDEGATE_TO_PASSWORD: dev.password,
  });
  const toProduction = (): Record<string, string> => ({
    TIDEGATE_FROM_USERNAME: dev.username,
    TIDEGATE_FROM_PASSWORD: dev.password,
    TIDEGATE_TO_USERNAME: production.username,
    TIDEGATE_TO_PASSWORD: production.password,
  });

  async function migrate(variables: Record<string, string>, verb: string, from: string, to: string) {
    const args = ['migrate', verb, '--from', from, '--to', to, '--json'];
    const { exitCode, stdout, stderr } = await folder.tidegate(args, variables);
    const outcome = (stdout === '' ? {} : JSON.parse(stdout)) as Outcome['outcome'];
    return { exitCode, outcome, stderr };
  }

  async function importKilledAt(call: string, moment: 'before' | 'after'): Promise<void> {
    const child = folder.startTidegate(['migrate', 'import', '--from', 'first', '--to', relay.url], toDev());
    const end = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('close', (_code, signal) => resolve(signal)),
    );
    relay.interrupt({ path: call, moment, act: () => child.kill('SIGKILL') });
    expect(await end).toBe('SIGKILL');
  }

  async function answerOf(server: { readonly url: string }, lines: string[]): Promise<unknown> {
    const environment = 'username' in server ? trackingEnvironment(server as OwnMlflow) : {};
    const program = ['import json, mlflow', 'client = mlflow.MlflowClient()', ...lines].join('\n');
    const output = await runPython(program, [], { MLFLOW_TRACKING_URI: server.url, ...environment });
    return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
  }

  const equal = { exitCode: 0, outcome: { differences: [] }, stderr: expect.any(String) as string };

  it('mends a version whose stage was not set yet when the import was killed', async () => {
    expect(await migrate({}, 'export', laptop.url, 'first')).toMatchObject({ exitCode: 0 });
    await importKilledAt('model-versions/transition-stage', 'before');
    const stages =
      'print(json.dumps([v.current_stage for v in client.search_model_versions("name=\'digits\'")]))';
    expect(await answerOf(dev, [stages])).toEqual(['None']);
    // Goes on to the next test's interruption, after the first run is deleted.
    await importKilledAt('runs/delete', 'after');
    expect(await answerOf(dev, [stages])).toEqual(expect.arrayContaining(['Staging', 'None']));
  }, 300_000);

  it('goes on after it was killed while it deleted, and is equal', async () => {
    expect(await migrate(toDev(), 'import', 'first', relay.url)).toMatchObject(equal);
    expect(await migrate(toDev(), 'validate', laptop.url, dev.url)).toMatchObject(equal);
  }, 300_000);

  it('moves on what was moved, and leaves alone an active experiment whose deleted namesake comes', async () => {
    await answerOf(production, [
      'client.create_run(client.create_experiment("old"), run_name="theirs")',
      'print("null")',
    ]);
    expect(await migrate(toProduction(), 'export', dev.url, 'second')).toMatchObject({ exitCode: 0 });
    expect(await migrate(toProduction(), 'import', 'second', production.url)).toMatchObject({
      exitCode: 2,
      outcome: { runs: 5, differences: [expect.stringMatching(/^Experiment "old" .* stays active/)] },
    });
    const validated = await migrate(toProduction(), 'validate', dev.url, production.url);
    expect(validated.outcome.differences).toEqual([
      { what: 'experiment "old"', field: 'stage', from: 'deleted', to: 'active' },
    ]);
    const names = 'print(json.dumps([r.info.run_name for r in client.search_runs([old.experiment_id])]))';
    expect(await answerOf(production, ['old = client.get_experiment_by_name("old")', names])).toEqual([
      'theirs',
    ]);
  }, 300_000);

  it('follows an experiment that was renamed after the rehearsal, and a stage that was changed', async () => {
    await answerOf(laptop, [
      'client.rename_experiment(client.get_experiment_by_name("digits").experiment_id, "figures")',
      'client.transition_model_version_stage("digits", "1", "Archived")',
      'print("null")',
    ]);
    expect(await migrate({}, 'export', laptop.url, 'later')).toMatchObject({ exitCode: 0 });
    expect(await migrate(toDev(), 'import', 'later', dev.url)).toMatchObject(equal);
    expect(await migrate(toDev(), 'validate', laptop.url, dev.url)).toMatchObject(equal);
    const versions = 'client.search_model_versions()';
    expect(
      await answerOf(dev, [`print(json.dumps(sorted({f"{v.name} {v.version}" for v in ${versions}})))`]),
    ).toEqual(['a-copy 1', 'digits 1', 'digits 3']);
    const all = 'client.search_experiments(view_type=mlflow.entities.ViewType.ALL)';
    expect(await answerOf(dev, [`print(json.dumps(sorted(e.name for e in ${all})))`])).toEqual([
      'Default',
      'figures',
      'old',
    ]);
  }, 300_000);

  it('tells of a run that is there twice', async () => {
    const source = (await answerOf(dev, [
      'mark = "tidegate.migrate.source_run_id"',
      'figures = client.get_experiment_by_name("figures").experiment_id',
      'tags = client.search_runs([figures])[0].data.tags',
      'copy = client.create_run(figures, tags={mark: tags[mark]})',
      'print(json.dumps({"old": tags[mark], "copy": copy.info.run_id}))',
    ])) as { old: string; copy: string };
    const { exitCode, outcome } = await migrate(toDev(), 'validate', laptop.url, dev.url);
    expect([exitCode, outcome.differences]).toEqual([
      2,
      [
        {
          what: expect.stringMatching(`^run ${source.old} `) as string,
          field: 'second copy',
          to: source.copy,
        },
      ],
    ]);
  }, 300_000);
});
