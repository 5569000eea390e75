import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCommand } from '../command-line';
import { env } from './env-command';
import type { EnvCommand } from './env-command-line';

describe('tidegate env', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'tidegate-env-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(line: string): Promise<{ printed: string[]; noted: string[] }> {
    const printed: string[] = [];
    const noted: string[] = [];
    await env(parseCommand(line.split(' '), 'eu-west-2') as EnvCommand, {
      workspaceRoot: folder,
      print: (text) => printed.push(text),
      note: (text) => noted.push(text),
    });
    return { printed, noted };
  }

  it('gives the local stack with its key', async () => {
    mkdirSync(path.join(folder, '.tidegate'));
    const stack = { services: { api: { url: 'http://127.0.0.1:8080/' } }, apiKey: 'tg_local' };
    writeFileSync(path.join(folder, '.tidegate/stack.json'), JSON.stringify(stack));
    expect(await run('env --local')).toEqual({
      printed: [
        'MLFLOW_TRACKING_URI=http://127.0.0.1:8080/api/mlflow',
        'MLFLOW_TRACKING_TOKEN=tg_local',
        'TIDEGATE_URL=http://127.0.0.1:8080',
        'TIDEGATE_API_KEY=tg_local',
      ],
      noted: [],
    });
  });

  it('gives what was deployed from here, and says where a key comes from', async () => {
    mkdirSync(path.join(folder, 'infra/aws'), { recursive: true });
    const outputs = { 'dev-storage': {}, 'dev-services': { api_url: 'https://api.acme.test', more: 1 } };
    writeFileSync(path.join(folder, 'infra/aws/outputs.dev.json'), JSON.stringify(outputs));
    const { printed, noted } = await run('env dev');
    expect(printed.slice(0, 2)).toEqual([
      'MLFLOW_TRACKING_URI=https://api.acme.test/api/mlflow',
      'MLFLOW_TRACKING_TOKEN=',
    ]);
    expect(noted[0]).toContain('tidegate keys create');
    expect(
      JSON.parse((await run('env dev --json --url https://other.test/')).printed[0] ?? ''),
    ).toMatchObject({
      TIDEGATE_URL: 'https://other.test',
    });
  });

  it.each([
    ['env', 'Settings of what?'],
    ['env dev --local', 'Settings of what?'],
    ['env Dev', 'The environment is "Dev"'],
    ['env --local --url https://x', '--local knows its address itself'],
    ['env dev', 'The address of dev is not known here'],
    ['env dev --url ftp://x', 'The address of the api is not right'],
    ['env --local', 'The local stack does not run'],
  ])('%s: says what is wrong', async (line, message) => {
    await expect(async () => run(line)).rejects.toThrow(message);
  });
});
