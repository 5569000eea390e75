import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { hostEnvironment } from '@tidegate/local-parts';
import { useAwsSimulator, workspaceRoot } from '@tidegate/testing';
import { AlteredAws } from './altered-aws';

jest.setTimeout(60_000);

/** moto does not know this call. */
const VERSIONS = (version: string): string =>
  `<DescribeDBEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBEngineVersionsResult>
  <DBEngineVersions><DBEngineVersion><Engine>postgres</Engine><EngineVersion>${version}</EngineVersion></DBEngineVersion></DBEngineVersions>
  </DescribeDBEngineVersionsResult></DescribeDBEngineVersionsResponse>`;

describe('tidegate doctor and cost', () => {
  const simulator = useAwsSimulator();
  let aws: AlteredAws;

  beforeEach(async () => (aws = await AlteredAws.start(simulator.url)));
  afterEach(() => aws.stop());

  async function tidegate(...args: string[]): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
    const loader = path.join(workspaceRoot, 'node_modules/tsx/dist/loader.mjs');
    const child = spawn(process.execPath, ['--import', loader, 'tools/tidegate/src/main.ts', ...args], {
      cwd: workspaceRoot,
      env: {
        ...hostEnvironment(['AWS_', 'TIDEGATE_']),
        ...simulator.environment,
        AWS_ENDPOINT_URL: aws.url,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        TSX_TSCONFIG_PATH: path.join(workspaceRoot, 'tools/tidegate/tsconfig.json'),
      },
    });
    const ended = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { exitCode: ((await ended) as unknown[])[0], stdout, stderr };
  }

  it('says what would go wrong, what is expected and what to do; exit code 2', async () => {
    aws.reply('DescribeDBEngineVersions', VERSIONS('16.4'));
    const { exitCode, stdout, stderr } = await tidegate('doctor', 'dev');
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(stdout).toContain('ok             the credentials are valid, and of the right account\n');
    expect(stdout).toContain('ok             the clock of this machine is right\n');
    expect(stdout).toContain(
      'PROBLEM        RDS offers PostgreSQL 15 in eu-west-2\n  RDS offers no PostgreSQL 15 in eu-west-2.\n  Expected: one of 16.\n',
    );
  });

  it('says the same to programs', async () => {
    aws.reply('DescribeDBEngineVersions', VERSIONS('15.12'));
    const { stdout } = await tidegate('doctor', 'dev', '--json');
    const { diagnoses } = JSON.parse(stdout) as { diagnoses: { subject: string; problems: unknown[] }[] };
    expect(diagnoses.find(({ subject }) => subject.startsWith('RDS offers'))?.problems).toEqual([]);
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
