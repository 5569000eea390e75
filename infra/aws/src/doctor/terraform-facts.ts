import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';

const TIMEOUT_MS = 20_000;

export interface TerraformFacts {
  /** Such as `1.11.4`; undefined when it cannot be started. */
  readonly terraform: string | undefined;
  /** Version of the AWS provider that the bindings were made for: synthesis asks for it. */
  readonly wantedProvider: string;
  /** Version of it that each synthesised stack is held to, by the stack's folder. */
  readonly lockedProviders: ReadonlyMap<string, string>;
}

/** @param stacksFolder `cdktf.out/stacks`; it may be missing */
export async function terraformFacts(environmentName: string, stacksFolder: string): Promise<TerraformFacts> {
  return {
    terraform: await installedTerraform(),
    wantedProvider: wantedProvider(),
    lockedProviders: lockedProviders(environmentName, stacksFolder),
  };
}

async function installedTerraform(): Promise<string | undefined> {
  const { exitCode, stdout } = await runCommand('terraform', ['version', '-json'], {
    env: { ...hostEnvironment(), CHECKPOINT_DISABLE: '1' },
    timeoutMs: TIMEOUT_MS,
  });
  if (exitCode !== 0) return undefined;
  return (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
}

function wantedProvider(): string {
  const file = require.resolve('@cdktf/provider-aws/package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { cdktf: { provider: { version: string } } };
  return manifest.cdktf.provider.version;
}

function lockedProviders(environmentName: string, stacksFolder: string): ReadonlyMap<string, string> {
  if (!existsSync(stacksFolder)) return new Map();
  const folders = readdirSync(stacksFolder)
    .filter((name) => name.startsWith(`${environmentName}-`))
    .map((name) => path.join(stacksFolder, name));
  return new Map(
    folders.flatMap((folder) => {
      const version = lockedIn(path.join(folder, '.terraform.lock.hcl'));
      return version === undefined ? [] : [[folder, version]];
    }),
  );
}

function lockedIn(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return /provider "[^"]*\/hashicorp\/aws" \{\s*version\s*=\s*"([^"]+)"/.exec(
    readFileSync(file, 'utf8'),
  )?.[1];
}
