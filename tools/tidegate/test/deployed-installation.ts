import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostEnvironment, startProcess } from '@tidegate/local-parts';
import { workspaceRoot, type AwsSimulator } from '@tidegate/testing';
import { IMAGES } from '../src/images/image-builds';
import { pluginVariables } from './plugin-variables';

const source = path.join(workspaceRoot, 'infra', 'aws');

/** Undefined when Terraform is there, else one line that says what is missing. */
export function whatTerraformLacks(): string | undefined {
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'Terraform is not installed. Expected the program "terraform" >= 1.11 on PATH.';
  }
}

/** Puts `infra/aws` into a folder of its own; gives the variables that what runs there needs. */
export function prepareInfra(
  folder: string,
  aws: Pick<AwsSimulator, 'environment' | 'accountId' | 'region'>,
): Readonly<Record<string, string>> {
  const target = infraOf(folder);
  copyFileSync(path.join(source, 'cdktf.json'), path.join(target, 'cdktf.json'));
  symlinkSync(path.join(source, 'src'), path.join(target, 'src'));
  symlinkSync(path.join(workspaceRoot, 'node_modules'), path.join(target, 'node_modules'));
  const registry = `${aws.accountId}.dkr.ecr.${aws.region}.amazonaws.com`;
  const images = Object.fromEntries(
    IMAGES.map((name) => [name, `${registry}/tidegate-dev/${name}@sha256:${'1'.repeat(64)}`]),
  );
  writeFileSync(path.join(target, 'images.dev.tfvars.json'), JSON.stringify({ images }));
  return {
    ...aws.environment,
    ...pluginVariables(folder),
    // Unpacked providers are linked, not copied.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1',
    TSX_TSCONFIG_PATH: path.join(source, 'tsconfig.json'),
  };
}

/** Deploys all stacks of what was prepared. */
export async function deployDev(folder: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const deployment = await startProcess({
    name: 'cdktf deploy',
    command: path.join(workspaceRoot, 'node_modules/.bin/cdktf'),
    args: [
      ...['deploy', 'dev-storage', 'dev-foundation', 'dev-services', '--auto-approve', '--no-color'],
      ...['--skip-provider-lock', '--var-file', path.join(infraOf(folder), 'images.dev.tfvars.json')],
    ],
    env: { ...hostEnvironment(['AWS_', 'GITHUB_']), ...variables, TIDEGATE_ENVIRONMENT: 'dev', CI: '1' },
    cwd: infraOf(folder),
    logFile: path.join(folder, 'deploy.log'),
  });
  const { code } = await deployment.exited;
  if (code !== 0)
    throw new Error(
      `The deployment ended with ${code}. It said: ${readFileSync(deployment.logFile, 'utf8').slice(-3_000)}`,
    );
}

function infraOf(folder: string): string {
  return path.join(folder, 'infra', 'aws');
}
