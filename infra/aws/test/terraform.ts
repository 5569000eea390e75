import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';
import { findPluginMirror, isOnBuildServer } from '@tidegate/testing';

/** The provider that the bindings were generated from. */
export const AWS_PROVIDER_VERSION = '5.100.0';

export interface Terraform {
  /** For child processes: `terraform` and `cdktf` find the provider with it. Holds no AWS variable of the user's. */
  readonly environment: NodeJS.ProcessEnv;
  /** `terraform <args>` in a folder; a failure is a value. */
  run(folder: string, args: readonly string[]): Promise<CommandResult>;
}

/**
 * Registers tests that need Terraform and its AWS provider. On a machine without them there is one skipped test that
 * says what is missing; with `CI=true` the test file fails.
 */
export function describeWithTerraform(title: string, tests: (terraform: Terraform) => void): void {
  const environment = terraformEnvironment();
  const missing = whatIsMissing(environment);
  if (missing === undefined) {
    const run: Terraform['run'] = (folder, args) =>
      runCommand('terraform', args, { cwd: folder, env: environment });
    describe(title, () => tests({ environment, run }));
    return;
  }
  if (isOnBuildServer()) throw new Error(missing);
  it.skip(`${title}: ${missing}`, () => undefined);
}

function terraformEnvironment(): NodeJS.ProcessEnv {
  const settings = path.join(workspaceRoot, '.tidegate', 'terraform');
  const environment = {
    ...hostEnvironment(['AWS_', 'GITHUB_']),
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    DISABLE_VERSION_CHECK: '1',
  };
  const mirror = findPluginMirror();
  if (mirror === undefined) {
    // 700 MB are fetched once, not once a stack.
    const cache = path.join(settings, 'plugins');
    mkdirSync(cache, { recursive: true });
    return { TF_PLUGIN_CACHE_DIR: cache, ...environment };
  }
  mkdirSync(settings, { recursive: true });
  const file = path.join(settings, 'mirror.tfrc');
  writeFileSync(
    file,
    `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["registry.terraform.io/*/*"]
  }
}
`,
  );
  return { ...environment, TF_CLI_CONFIG_FILE: file };
}

/** One line for people, or undefined when all is there. */
function whatIsMissing(environment: NodeJS.ProcessEnv): string | undefined {
  if (!succeeds(['version'], tmpdir(), environment))
    return 'Terraform is not installed. Expected the program "terraform" >= 1.10 on PATH: install it from developer.hashicorp.com/terraform/install.';
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-terraform-'));
  try {
    const aws = { source: 'hashicorp/aws', version: AWS_PROVIDER_VERSION };
    writeFileSync(
      path.join(folder, 'main.tf.json'),
      JSON.stringify({ terraform: { required_providers: { aws } } }),
    );
    if (succeeds(['init', '-input=false'], folder, environment)) return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return `Terraform cannot get its provider hashicorp/aws ${AWS_PROVIDER_VERSION}. Expected registry.terraform.io to be reachable, or a folder that mirrors it named in TF_PLUGIN_MIRROR.`;
}

function succeeds(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): boolean {
  try {
    execFileSync('terraform', args, { cwd, env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
