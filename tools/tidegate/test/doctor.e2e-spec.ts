import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { hostEnvironment } from '@tidegate/local-parts';
import { useAwsSimulator, workspaceRoot } from '@tidegate/testing';
import { AlteredAws } from './altered-aws';
import { offeredPostgres } from './offered-postgres';

jest.setTimeout(180_000);

interface Diagnosis {
  readonly subject: string;
  readonly problems: readonly { readonly what: string; readonly remedy: string }[];
  readonly notLookedAt?: string;
}

const DENIED = `<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
  <Message>not authorized to perform elasticloadbalancing:DescribeAccountLimits</Message></Error><RequestId>1</RequestId></ErrorResponse>`;

/** An environment beside those of the repository, so that its file of images is nobody else's. */
const ENVIRONMENT = 'doctor';
const IMAGES_FILE = path.join(workspaceRoot, `infra/aws/images.${ENVIRONMENT}.tfvars.json`);
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  'database/mlflow': ['username', 'password'],
  'database/api': ['username', 'password'],
  'database/logging': ['username', 'password'],
  mlflow: ['admin_username', 'admin_password', 'flask_secret_key'],
  api: ['pepper', 'previous_pepper', 'service_keys', 'bootstrap_key'],
  inference: ['mlflow_token'],
  internal: ['token'],
};

describe('tidegate doctor and cost', () => {
  const simulator = useAwsSimulator();
  let aws: AlteredAws;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidegate-doctor-'));
    writeFileSync(path.join(folder, 'environment.json'), JSON.stringify({ name: ENVIRONMENT }));
    aws = await AlteredAws.start(simulator.url);
  });
  afterEach(() => {
    aws.stop();
    rmSync(IMAGES_FILE, { force: true });
    rmSync(folder, { recursive: true });
  });

  function giveImages(): void {
    const image = (name: string) => [name, `public.ecr.aws/tidegate/${name}@sha256:${'a'.repeat(64)}`];
    const images = Object.fromEntries(
      ['api', 'inference', 'logging', 'mlflow', 'setup'].map(image),
    ) as object;
    writeFileSync(IMAGES_FILE, JSON.stringify({ images }));
  }

  async function giveSecrets(): Promise<void> {
    const client = new SecretsManagerClient(simulator.sdk);
    for (const [name, fields] of Object.entries(SECRETS)) {
      const SecretString = JSON.stringify(Object.fromEntries(fields.map((field) => [field, 'hunter2'])));
      await client.send(new CreateSecretCommand({ Name: `tidegate-${ENVIRONMENT}/${name}`, SecretString }));
    }
  }

  async function tidegate(...args: string[]): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
    const loader = path.join(workspaceRoot, 'node_modules/tsx/dist/loader.mjs');
    const child = spawn(process.execPath, ['--import', loader, 'tools/tidegate/src/main.ts', ...args], {
      cwd: workspaceRoot,
      env: {
        ...hostEnvironment(['AWS_', 'TIDEGATE_']),
        ...simulator.environment,
        AWS_ENDPOINT_URL: aws.url,
        TIDEGATE_ENVIRONMENT_FILE: path.join(folder, 'environment.json'),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        TSX_TSCONFIG_PATH: path.join(workspaceRoot, 'tools/tidegate/tsconfig.json'),
      },
    });
    const ended = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { exitCode: ((await ended) as unknown[])[0], stdout, stderr };
  }

  it('says what would go wrong, what is expected and what to do; exit code 2', async () => {
    aws.reply('DescribeDBEngineVersions', offeredPostgres('16.4'));
    aws.reply('DescribeAccountLimits', DENIED, 403);
    const { exitCode, stdout, stderr } = await tidegate('doctor', 'dev');
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    for (const well of [
      'the environment contradicts neither itself nor the apps',
      'Terraform and its AWS provider have the right versions',
      'the credentials are valid, and of the right account',
      'the clock of this machine is right',
      'the quota of database instances in eu-west-2 has room for 1 of doctor',
      'the quota of Elastic IP addresses in eu-west-2 has room for 1 of doctor',
      'no secret is marked for deletion',
    ])
      expect(stdout).toContain(`ok             ${well}\n`);
    expect(stdout).toContain(
      'PROBLEM        RDS offers PostgreSQL 15 in eu-west-2\n  RDS offers no PostgreSQL 15 in eu-west-2.\n  Expected: one of 16.\n',
    );
    // What could not be seen is never taken for well.
    expect(stdout).toContain(
      'not looked at  the quota of load balancers in eu-west-2 has room for 1 of doctor\n  AccessDenied: not authorized',
    );
    expect(stdout).toContain(
      'PROBLEM        every image is in ECR, by digest, built for X86_64\n  infra/aws/images.doctor.tfvars.json is missing',
    );
    expect(stdout).toMatch(
      /PROBLEM {8}every secret is there, and every field of it is filled\n.*not deployed yet\.\n {2}Expected: .*\n {2}Deploy doctor-foundation.*"tidegate setup doctor"/,
    );
  });

  it('says the same to programs', async () => {
    aws.reply('DescribeDBEngineVersions', offeredPostgres('15.12'));
    aws.reply('DescribeAccountLimits', DENIED, 403);
    const { exitCode, stdout } = await tidegate('doctor', 'dev', '--json');
    expect(exitCode).toBe(2);
    const { environment, diagnoses } = JSON.parse(stdout) as {
      environment: string;
      diagnoses: Diagnosis[];
    };
    expect(environment).toBe(ENVIRONMENT);
    const about = (start: string) => diagnoses.find(({ subject }) => subject.startsWith(start));
    expect(about('RDS offers')?.problems).toEqual([]);
    expect(about('the quota of load balancers')).toMatchObject({
      problems: [],
      notLookedAt: expect.stringContaining('AccessDenied') as string,
    });
    expect(about('every secret')?.problems).toMatchObject([
      { remedy: expect.stringContaining('tidegate setup doctor') as string },
    ]);
  });

  it('finds nothing where all is there; exit code 0', async () => {
    aws.reply('DescribeDBEngineVersions', offeredPostgres('15.12'));
    giveImages();
    await giveSecrets();
    const { exitCode, stdout } = await tidegate('doctor', 'dev');
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok    '))).toEqual([]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('hunter2');
  });

  it('says what a month costs, and which environments there are', async () => {
    const costs = await tidegate('cost', 'dev');
    expect(costs.exitCode).toBe(0);
    expect(costs.stdout).toMatch(/\*\*total\*\* +\| least number of tasks .*\*\*\$\d+\.\d\d\*\*/);
    const { totalUsd } = JSON.parse((await tidegate('cost', 'dev', '--json')).stdout) as { totalUsd: number };
    expect(costs.stdout).toContain(`**$${totalUsd.toFixed(2)}**`);
    const unknown = await tidegate('cost', 'nowhere');
    expect(unknown).toMatchObject({ exitCode: 1, stdout: '' });
    expect(unknown.stderr).toContain(
      'There is no environment "nowhere". Known ones: dev, staging, production.',
    );
  });
});
