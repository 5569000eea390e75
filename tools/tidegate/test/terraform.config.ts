import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const AWS_PROVIDER = 'registry.terraform.io/hashicorp/aws';

/**
 * Variables with which Terraform finds its AWS provider: none where it does so by itself, else a configuration that names
 * a folder holding `registry.terraform.io/…`: TF_PLUGIN_MIRROR, or one of /opt.
 */
export function pluginVariables(
  folder: string,
  variables: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  const mirror = findMirror(variables);
  if (mirror === undefined) return {};
  const file = path.join(folder, 'mirror.tfrc');
  const method = `filesystem_mirror {
    path = ${JSON.stringify(mirror)}
    include = ["registry.terraform.io/*/*"]
  }`;
  writeFileSync(file, `provider_installation {\n  ${method}\n}\n`);
  return { TF_CLI_CONFIG_FILE: file };
}

/** On a build server what is missing is an error: nobody would look at a skipped test again. */
export function isOnBuildServer(variables: NodeJS.ProcessEnv = process.env): boolean {
  return variables['CI'] === 'true';
}

function findMirror({ TF_PLUGIN_MIRROR, TF_CLI_CONFIG_FILE }: NodeJS.ProcessEnv): string | undefined {
  if (TF_PLUGIN_MIRROR !== undefined) return TF_PLUGIN_MIRROR;
  if (TF_CLI_CONFIG_FILE !== undefined && existsSync(TF_CLI_CONFIG_FILE)) return undefined;
  if (!existsSync('/opt')) return undefined;
  const folders = readdirSync('/opt').map((name) => path.join('/opt', name));
  return folders.find((candidate) => existsSync(path.join(candidate, AWS_PROVIDER)));
}
