import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  runPython,
  startOwnMlflow,
  startOwnPostgres,
  trackingEnvironment,
  type OwnMlflow,
  type OwnPostgres,
} from '@tidegate/testing';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

const LARGE_MB = 300;
/** Of the process without a file is about 150. */
const MAX_RESIDENT_MB = 300;

interface Difference {
  readonly what: string;
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
}

describe('tidegate migrate', () => {
  const folder = new WorkFolder();
  const moved = path.join(folder.path, 'moved');
  let postgres: OwnPostgres;
  let from: OwnMlflow;
  let to: OwnMlflow;
  let ids: { readonly child: string; readonly parent: string; readonly model: string };

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    [from, to] = await Promise.all([startOwnMlflow(postgres), startOwnMlflow(postgres)]);
    const script = path.join(__dirname, 'fill-mlflow.py');
    const output = await runPython(script, [String(LARGE_MB)], trackingEnvironment(from));
    // So that the numbers of experiments are others there.
    await call(to, 'experiments/create', { name: 'theirs' });
    ids = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as typeof ids;
  }, 600_000);
  afterAll(async () => {
    await Promise.all([from?.remove(), to?.remove()]);
    await postgres?.remove();
    folder.remove();
  }, 60_000);

  const variables = (): Record<string, string> => ({
    TIDEGATE_FROM_USERNAME: from.username,
    TIDEGATE_FROM_PASSWORD: from.password,
    TIDEGATE_TO_USERNAME: to.username,
    TIDEGATE_TO_PASSWORD: to.password,
  });
  const ofTarget = (): Record<string, string> => ({
    TIDEGATE_FROM_USERNAME: to.username,
    TIDEGATE_FROM_PASSWORD: to.password,
  });
  const exportIt = (): string[] => ['migrate', 'export', '--from', from.url, '--to', 'moved', '--json'];
  const importIt = (): string[] => ['migrate', 'import', '--from', 'moved', '--to', to.url, '--json'];
  const validateIt = (): string[] => ['migrate', 'validate', '--from', from.url, '--to', to.url, '--json'];
  const run = (args: string[]): Promise<CommandOutcome> => folder.tidegate(args, variables());

  /** Ends a command with SIGKILL as soon as `isMidway`; resolves to whether it still ran. */
  async function killMidway(args: string[], isMidway: () => boolean): Promise<boolean> {
    const child = folder.startTidegate(args, variables());
    const end = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('close', (_code, signal) => resolve(signal)),
    );
    while (child.exitCode === null && !isMidway()) await wait(2);
    child.kill('SIGKILL');
    return (await end) === 'SIGKILL';
  }

  /** Runs a command to its end and tells the most memory it ever held. */
  async function runMeasured(args: string[]): Promise<CommandOutcome & { readonly residentMb: number }> {
    const child = folder.startTidegate(args, variables());
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const end = new Promise<number | null>((resolve) => child.once('close', resolve));
    let residentMb = 0;
    while (child.exitCode === null) {
      residentMb = Math.max(residentMb, residentMegabytes(child.pid));
      await wait(20);
    }
    return { exitCode: await end, stdout, stderr, residentMb };
  }

  /** @param body none: GET */
  async function call(server: OwnMlflow, route: string, body?: object): Promise<Record<string, unknown>> {
    const login = Buffer.from(`${server.username}:${server.password}`).toString('base64');
    const response = await fetch(`${server.url}/api/2.0/mlflow/${route}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${route}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async function targetRuns(): Promise<{ info: { run_id: string; artifact_uri: string }; name: string }[]> {
    const { experiments } = (await call(to, 'experiments/search', {
      max_results: 100,
      view_type: 'ALL',
    })) as {
      experiments: { experiment_id: string }[];
    };
    const { runs } = (await call(to, 'runs/search', {
      experiment_ids: experiments.map(({ experiment_id }) => experiment_id),
      run_view_type: 'ALL',
    })) as { runs: { info: { run_id: string; run_name: string; artifact_uri: string } }[] };
    return runs.map(({ info }) => ({ info, name: info.run_name }));
  }

  async function targetModel(): Promise<string> {
    const experiment = await call(to, 'experiments/get-by-name?experiment_name=digits');
    const { experiment_id } = experiment['experiment'] as { experiment_id: string };
    const found = await call(to, 'logged-models/search', { experiment_ids: [experiment_id] });
    const [model] = found['models'] as { info: { model_id: string } }[];
    return model?.info.model_id ?? '';
  }

  it('exports everything, also when it was killed in the middle, and keeps what it had', async () => {
    const experiments = path.join(moved, 'experiments');
    const partial = (): string =>
      existsSync(experiments)
        ? readdirSync(experiments)
            .filter((name) => name.endsWith('.partial'))
            .map((name) => readFileSync(path.join(experiments, name), 'utf8'))
            .join('')
        : '';
    const isKilled = (): Promise<boolean> => killMidway(exportIt(), () => partial().includes('"kind":"end"'));
    // It may be over before a signal of a busy machine arrives: then from the beginning.
    for (let tries = 1; !(await isKilled()); tries += 1) {
      expect(tries).toBeLessThan(5);
      rmSync(moved, { recursive: true });
    }
    const parentFile = path.join(moved, 'artifacts/runs', ids.parent, 'notes/first file.txt');
    const fetchedAt = statSync(parentFile).mtimeMs;
    const early = await run(importIt());
    expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('is not complete')]);

    const resumed = await runMeasured(exportIt());
    expect([resumed.exitCode, resumed.stderr.replace(/^(exporting|checking) .*\n/gm, '')]).toEqual([0, '']);
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      experiments: 3,
      runs: 5,
      metricPoints: 10_005,
      loggedModels: 1,
      registeredModels: 3,
      modelVersions: 5,
    });
    expect(resumed.residentMb).toBeLessThan(MAX_RESIDENT_MB);
    expect(statSync(parentFile).mtimeMs).toBe(fetchedAt);
    expect(readFileSync(parentFile, 'utf8')).toBe('first');
    const leftOvers = readdirSync(moved, { recursive: true, encoding: 'utf8' });
    expect(leftOvers.filter((name) => name.includes('partial'))).toEqual([]);

    const again = await run(exportIt());
    expect(JSON.parse(again.stdout)).toMatchObject({ wasComplete: true, runs: 5 });
  }, 600_000);

  it('imports it, also when it was killed in the middle, each thing once', async () => {
    const mapping = (): string => {
      const name = readdirSync(moved).find((file) => file.startsWith('mapping-'));
      return name === undefined ? '' : readFileSync(path.join(moved, name), 'utf8');
    };
    expect(await killMidway(importIt(), () => mapping().includes('"kind":"run-done"'))).toBe(true);
    expect(mapping()).not.toContain('"kind":"experiment-done"');

    const resumed = await runMeasured(importIt());
    expect([resumed.exitCode, resumed.stdout]).toEqual([0, expect.stringContaining('"differences": []')]);
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      experiments: 3,
      runs: 5,
      loggedModels: 1,
      modelVersions: 5,
    });
    expect(resumed.residentMb).toBeLessThan(MAX_RESIDENT_MB);
    expect((await targetRuns()).map(({ name }) => name).sort()).toEqual([
      'child',
      'of a deleted experiment',
      'sweep',
      'thrown away',
      'uses the model',
    ]);
    const userId = (await targetRuns()).find(({ name }) => name === 'uses the model')?.info.run_id;
    const { run: user } = (await call(to, `runs/get?run_id=${userId}`)) as {
      run: { inputs: { model_inputs: unknown[] } };
    };
    expect(user.inputs.model_inputs).toEqual([{ model_id: await targetModel() }]);
    const validated = await run(validateIt());
    expect([validated.exitCode, validated.stdout]).toEqual([0, expect.stringContaining('"differences": []')]);
    expect(JSON.parse(validated.stdout)).toMatchObject({ runs: 5, registeredModels: 3, modelVersions: 5 });
  }, 600_000);

  it('gives the stock client the same models under the same numbers and aliases', async () => {
    const output = await runPython(
      [
        'import json, mlflow',
        'client = mlflow.MlflowClient()',
        'versions = sorted(int(v.version) for v in client.search_model_versions("name=\'digits\'"))',
        'alias = client.get_model_version_by_alias("digits", "production")',
        'loaded = mlflow.pyfunc.load_model("models:/digits@candidate").predict([1, 2])',
        'copy = mlflow.pyfunc.load_model("models:/a-copy/1").predict([3])',
        'path = mlflow.artifacts.download_artifacts("models:/digits@production")',
        'print(json.dumps([versions, alias.version, list(loaded), list(copy), open(path + "/MLmodel").read()]))',
      ].join('\n'),
      [],
      trackingEnvironment(to),
    );
    const last = output.trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toEqual([[1, 3], '3', [1, 2], [3], 'MLmodel: {}']);
  }, 120_000);

  it('gives it the same prompts, with their experiment and their run', async () => {
    const output = await runPython(
      [
        'import json, mlflow',
        'client = mlflow.MlflowClient()',
        'first = client.get_prompt_version("greeting", "1")',
        'last = client.get_prompt_version_by_alias("greeting", "production")',
        'digits = client.get_experiment_by_name("digits").experiment_id',
        'found = [p.name for p in mlflow.genai.search_prompts(f"experiment_id = \'{digits}\'")]',
        'run = client.search_runs([digits], "attributes.run_name = \'sweep\'")[0]',
        'linked = json.loads(run.data.tags["mlflow.linkedPrompts"])',
        'fields = [first.template, first.commit_message, first.tags["tone"], last.version, last.format(question="Why?")]',
        'print(json.dumps([*fields, last.response_format, found, linked]))',
      ].join('\n'),
      [],
      trackingEnvironment(to),
    );
    expect(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')).toEqual([
      ...['Hello {{name}}', 'The first', 'kind', 3],
      [
        { role: 'system', content: 'Be 🐢 slow' },
        { role: 'user', content: 'Why?' },
      ],
      { type: 'object', properties: { answer: { type: 'string' } } },
      ['greeting'],
      [{ name: 'greeting', version: '3' }],
    ]);
  }, 120_000);

  it('makes nothing twice when the file of ids is lost', async () => {
    for (const name of readdirSync(moved)) if (name.startsWith('mapping-')) rmSync(path.join(moved, name));
    const again = await run(importIt());
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('"differences": []')]);
    expect(await targetRuns()).toHaveLength(5);
    const validated = await run(validateIt());
    expect([validated.exitCode, validated.stdout]).toEqual([0, expect.stringContaining('"differences": []')]);
  }, 600_000);

  it('goes on with a killed validation when told so, and finds what differs in what it had read and had not', async () => {
    const resumeIt = (): string[] => [...validateIt(), '--resume'];
    const journals = path.join(folder.path, '.tidegate/migrate');
    const proven = (): string =>
      existsSync(journals)
        ? readdirSync(journals)
            .map((name) => readFileSync(path.join(journals, name), 'utf8'))
            .join('')
        : '';
    const isKilled = (): Promise<boolean> => {
      rmSync(journals, { recursive: true, force: true });
      return killMidway(validateIt(), () => proven().includes(ids.parent));
    };
    // It may be past the child before a signal of a busy machine arrives: then once more.
    for (let tries = 1; !(await isKilled()) || proven().includes(ids.child); tries += 1)
      expect(tries).toBeLessThan(5);
    const runs = await targetRuns();
    const idOf = (name: string): string => runs.find((one) => one.name === name)?.info.run_id ?? '';
    const fieldsOf = ({ exitCode, stdout }: CommandOutcome) => {
      const outcome = JSON.parse(stdout) as { differences: Difference[]; provenEarlier?: { things: number } };
      const fields = outcome.differences.map(({ what, field }) => `${what.split('"')[1]}: ${field}`);
      return [exitCode, outcome.provenEarlier?.things, fields.sort()];
    };

    const metric = { run_id: idOf('child'), key: 'loss', value: 1, timestamp: 5, step: 3 };
    await call(to, 'runs/log-metric', metric);
    const text = 'mlflow.log_text("Xirst", "notes/first file.txt", run_id=__import__("sys").argv[1])';
    await runPython(`import mlflow; ${text}`, [idOf('sweep')], trackingEnvironment(to));
    // The file is as long as before, so it is not read again; all that was not proven is now.
    expect(fieldsOf(await run(resumeIt()))).toEqual([2, 1, ['child: metric loss']]);

    await call(to, 'runs/set-tag', { run_id: idOf('sweep'), key: 'note', value: 'other' });
    expect(fieldsOf(await run(resumeIt()))).toEqual([
      2,
      4,
      ['child: metric loss', 'sweep: artifact notes/first file.txt', 'sweep: tag note'],
    ]);
  }, 600_000);

  it('finds each planted difference, those of the last test too', async () => {
    const runs = await targetRuns();
    const idOf = (name: string): string => runs.find((one) => one.name === name)?.info.run_id ?? '';
    await call(to, 'runs/delete', { run_id: idOf('uses the model') });
    await call(to, 'registered-models/alias', { name: 'digits', alias: 'production', version: '1' });
    await call(to, 'runs/log-inputs', { run_id: idOf('sweep'), models: [{ model_id: await targetModel() }] });

    const validated = await run(validateIt());
    expect(validated.exitCode).toBe(2);
    const { differences } = JSON.parse(validated.stdout) as { differences: Difference[] };
    expect(differences.map(({ what, field }) => `${what.split('"')[1]}: ${field}`).sort()).toEqual([
      'child: metric loss',
      'digits: alias production',
      'sweep: artifact notes/first file.txt',
      `sweep: input model ${ids.model}`,
      'sweep: tag note',
      'uses the model: stage',
    ]);
    expect(differences.find(({ field }) => field === 'metric loss')).toMatchObject({
      from: expect.stringMatching(/^10000 points/) as string,
      to: expect.stringMatching(/^10001 points/) as string,
    });
    const words = await run(validateIt().filter((word) => word !== '--json'));
    expect([words.exitCode, words.stdout]).toEqual([2, expect.stringContaining('6 differences:')]);
  }, 600_000);

  it.each<[string, () => string[], Record<string, string>, string]>([
    ['a wrong password', exportIt, { TIDEGATE_FROM_PASSWORD: 'no' }, 'Check the user name and password'],
    ['half a login', importIt, { TIDEGATE_TO_PASSWORD: '' }, 'expected both'],
    ['a key and a name', importIt, { TIDEGATE_TO_API_KEY: 'tg_x' }, 'expected one'],
    [
      'an empty folder',
      () => ['migrate', 'import', '--from', 'nothing', '--to', to.url],
      {},
      'holds no export',
    ],
    [
      'a folder of something else',
      () => ['migrate', 'export', '--from', from.url, '--to', '.'],
      {},
      'is not empty and holds no export.json',
    ],
    [
      'another server’s export',
      () => ['migrate', 'export', '--from', to.url, '--to', 'moved'],
      {},
      'not of http',
    ],
  ])(
    '%s: one line that says what to do, and exit code 1',
    async (_what, args, change, message) => {
      // The second server is asked with its own login where it is the one that is exported.
      const login = args().includes(to.url) && args()[1] === 'export' ? ofTarget() : {};
      const outcome = await folder.tidegate(args(), { ...variables(), ...login, ...change });
      expect([outcome.exitCode, outcome.stdout]).toEqual([1, '']);
      expect(outcome.stderr).toContain(message);
      expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1);
    },
    60_000,
  );
});

/** What the system counts as the process's own at its peak; 0 when it is gone. */
function residentMegabytes(pid: number | undefined): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
