import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { startSystem, workspaceRoot, type RunningSystem } from '@tidegate/testing';
import { WorkFolder } from './tidegate-command';

const START_TIMEOUT_MS = 300_000;

const guide = readFileSync(path.join(workspaceRoot, 'docs/troubleshooting.md'), 'utf8');
const lines = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
  block.trimEnd().split('\n'),
);
/** Those for this machine come first. */
const variables = ['API', 'INFERENCE', 'TIDEGATE_API_KEY'].map((name) =>
  lines.find((line) => line.startsWith(`${name}=`)),
);
const requests = lines.filter((line) => line.startsWith('curl '));

describe('docs/troubleshooting.md', () => {
  const folder = new WorkFolder();
  let system: RunningSystem;

  beforeAll(async () => {
    system = await startSystem({ hasModel: true });
    const { INFERENCE_URL } = system.urls;
    while (!(await fetch(`${INFERENCE_URL}/ready`)).ok) await wait(200);
    mkdirSync(path.join(folder.path, '.tidegate'));
    writeFileSync(
      path.join(folder.path, '.tidegate/stack.json'),
      JSON.stringify({ apiKey: system.adminKey }),
    );
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await system.remove();
    folder.remove();
  }, START_TIMEOUT_MS);

  function run(request: string): Promise<CommandResult> {
    const { API_URL, INFERENCE_URL } = system.urls;
    const script = [...variables, request]
      .join('\n')
      .replaceAll('http://127.0.0.1:8080', API_URL)
      .replaceAll('http://127.0.0.1:8000', INFERENCE_URL)
      .replaceAll('curl -sS ', 'curl -sSf ');
    // Without a terminal's settings, which bash also reads where its standard input is a socket.
    return runCommand('/bin/bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      env: hostEnvironment(),
      cwd: folder.path,
    });
  }

  it('asks the api, and inference itself', () => {
    expect(requests.filter((line) => line.includes('"$API/')).length).toBeGreaterThan(4);
    expect(requests.filter((line) => line.includes('"$INFERENCE/')).length).toBeGreaterThan(2);
  });

  it.each(requests)('%s', async (request) => {
    const { exitCode, stdout, stderr } = await run(request);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });
});
