import path from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { runPython, useAwsSimulator } from '@tidegate/testing';
import { startBareMlflow, type BareMlflow } from './bare-mlflow';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

/** More than one part of an upload to S3. */
const LARGE_MB = 20;
const BUCKETS = ['old-artifacts', 'new-artifacts'] as const;

describe('tidegate migrate between servers that leave S3 to their clients', () => {
  const aws = useAwsSimulator();
  const folder = new WorkFolder();
  let from: BareMlflow;
  let to: BareMlflow;
  let s3: S3Client;

  beforeAll(async () => {
    s3 = new S3Client({ ...aws.sdk, forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-2' } as const;
    for (const Bucket of BUCKETS)
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    [from, to] = (await Promise.all(
      BUCKETS.map((bucket) => startBareMlflow(folder.path, `s3://${bucket}/mlflow`, aws.environment)),
    )) as [BareMlflow, BareMlflow];
    const script = path.join(__dirname, 'fill-mlflow.py');
    await runPython(script, [String(LARGE_MB)], { MLFLOW_TRACKING_URI: from.url, ...aws.environment });
  }, 600_000);
  afterAll(async () => {
    await Promise.all([from?.stop(), to?.stop()]);
    folder.remove();
  }, 60_000);

  const migrate = (...args: string[]): Promise<CommandOutcome> =>
    folder.tidegate(['migrate', ...args], aws.environment);

  it('moves files from one bucket to the other, and the stock client loads the models', async () => {
    const exported = await migrate('export', '--from', from.url, '--to', 'moved');
    expect([exported.exitCode, exported.stdout]).toEqual([0, expect.stringContaining('5 runs')]);
    const imported = await migrate('import', '--from', 'moved', '--to', to.url);
    expect([imported.exitCode, imported.stdout]).toEqual([0, expect.stringContaining('5 runs')]);
    const compared = await migrate('validate', '--from', from.url, '--to', to.url);
    expect([compared.exitCode, compared.stdout]).toEqual([
      0,
      expect.stringContaining('Everything is equal.'),
    ]);

    const sizes = await Promise.all(BUCKETS.map(sizesIn));
    expect(sizes[1]).toEqual(sizes[0]);
    expect(sizes[1]).toContain(LARGE_MB * 1_000_000);
    const output = await runPython(
      'import mlflow; print(list(mlflow.pyfunc.load_model("models:/digits@candidate").predict([1, 2])))',
      [],
      { MLFLOW_TRACKING_URI: to.url, ...aws.environment },
    );
    expect(output.trimEnd().split('\n').at(-1)).toBe('[1, 2]');
  }, 600_000);

  it('finds the store by its address, and says what is wrong with one', async () => {
    const elsewhere = without('AWS_ENDPOINT_URL');
    const validate = ['migrate', 'validate', '--from', from.url, '--to', to.url];
    const named = { TIDEGATE_FROM_S3_ENDPOINT_URL: aws.url, TIDEGATE_TO_S3_ENDPOINT_URL: aws.url };
    const found = await folder.tidegate(validate, { ...elsewhere, ...named });
    expect([found.exitCode, found.stdout]).toEqual([0, expect.stringContaining('Everything is equal.')]);

    const wrong = { ...named, TIDEGATE_TO_S3_ENDPOINT_URL: 'http://ann:secret@store' };
    const refused = await folder.tidegate(validate, { ...elsewhere, ...wrong });
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('TIDEGATE_TO_S3_ENDPOINT_URL is not right: expected http(s)://');
    expect(refused.stderr).not.toContain('secret');
  }, 120_000);

  it('says so when it has no credentials', async () => {
    const nameless = without('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY');
    const outcome = await folder.tidegate(
      ['migrate', 'export', '--from', from.url, '--to', 'nothing'],
      nameless,
    );
    expect([outcome.exitCode, outcome.stdout]).toEqual([1, '']);
    expect(outcome.stderr).toContain('Check the AWS credentials and the region');
  }, 60_000);

  function without(...names: readonly string[]): Record<string, string> {
    return Object.fromEntries(Object.entries(aws.environment).filter(([name]) => !names.includes(name)));
  }

  async function sizesIn(bucket: string): Promise<number[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Size = 0 }) => Size).sort((one, other) => one - other);
  }
});
