import { readFileSync } from 'node:fs';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { checkAppSettings, workspaceRoot } from '@tidegate/testing';
import { OVERLAYS, render } from './rendered';
import { schemaProblems } from './schema-problems';
import type { Secret } from './secrets';
import { APP_OF, containerOf, settingsOf, WORKLOAD_NAMES, workload } from './workloads';

/** Of servers that are there already: their owner makes them. */
const GIVEN = ['database-api', 'database-logging', 'mlflow'];

function make(...args: string[]): ReturnType<typeof runCommand> {
  const folder = path.join(workspaceRoot, 'infra', 'kubernetes');
  return runCommand(
    process.execPath,
    ['--import', 'tsx', path.join(folder, 'src', 'make-secrets.ts'), ...args],
    {
      env: { ...hostEnvironment(), TSX_TSCONFIG_PATH: path.join(folder, 'tsconfig.json') },
      cwd: workspaceRoot,
    },
  );
}

describe('make-secrets', () => {
  let secrets: Secret[];
  beforeAll(async () => {
    const { exitCode, stdout } = await make('dev');
    expect(exitCode).toBe(0);
    secrets = (JSON.parse(stdout) as { items: Secret[] }).items;
  });

  it('makes objects that Kubernetes takes', async () => {
    for (const secret of secrets) expect(await schemaProblems(secret)).toEqual([]);
  });

  it('makes new ones each time', async () => {
    const again = JSON.parse((await make('dev')).stdout) as { items: Secret[] };
    for (const [index, { stringData }] of again.items.entries())
      for (const [field, value] of Object.entries(stringData))
        expect(value).not.toBe(secrets[index]?.stringData[field]);
  });

  it.each(WORKLOAD_NAMES)('fills every required reference of %s with a value its app takes', async (name) => {
    const objects = await render('dev');
    const container = containerOf(workload(objects, name));
    const required = container.env.filter(({ valueFrom }) => valueFrom.secretKeyRef.optional !== true);
    const variables = required.map(({ name: variable, valueFrom: { secretKeyRef } }) => [
      variable,
      GIVEN.includes(secretKeyRef.name) ? 'given' : valueOf(secretKeyRef.name, secretKeyRef.key),
    ]);
    const settings = {
      ...settingsOf(objects, container),
      ...(Object.fromEntries(variables) as Record<string, string>),
    };
    expect(await checkAppSettings(APP_OF[name], settings)).toEqual({ problems: [], unknown: [] });
  });

  it.each(['', 'prod'])('refuses "%s" and names the environments', async (environment) => {
    const { exitCode, stdout, stderr } = await make(environment);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`expected ${OVERLAYS.join(' or ')}`);
  });

  function valueOf(name: string, key: string): string {
    return secrets.find(({ metadata }) => metadata.name === name)?.stringData[key] ?? '';
  }
});

it('the guide makes a given secret from standard input: its password is no argument', async () => {
  const readme = readFileSync(path.join(workspaceRoot, 'infra/kubernetes/README.md'), 'utf8');
  const [, commands = ''] = /```sh\n((?:(?!```)[^])*create secret[^]*?)```/.exec(readme) ?? [];
  expect(commands).toContain('kubectl -n mlops create secret generic database-api');
  const withoutCluster =
    'kubectl() { printf "%s\\n" "$*" >&2; command kubectl "$@" --dry-run=client --output json; }';
  const password = ` it's "$HOME"=\\# `.trim();
  const { exitCode, stdout, stderr } = await runCommand(
    '/bin/bash',
    ['--norc', '-euo', 'pipefail', '-c', `${withoutCluster}\n{\n${commands}} <<< "$GIVEN"`],
    { env: { ...hostEnvironment(), GIVEN: password } },
  );
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.not.stringContaining(password) as string,
  });
  const { data } = JSON.parse(stdout) as { data: Record<string, string> };
  const values = Object.entries(data).map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]);
  expect(Object.fromEntries(values)).toEqual({ username: 'api', password });
});
