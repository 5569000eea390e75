import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const AWS_PROVIDER = 'registry.terraform.io/hashicorp/aws';

/**
 * Folder that holds `registry.terraform.io/…` for machines that cannot reach Terraform's registry: TF_PLUGIN_MIRROR,
 * else a folder of /opt that is one. Undefined: Terraform finds its providers by itself, by the user's own
 * configuration or from the registry.
 */
export function findPluginMirror(variables: NodeJS.ProcessEnv = process.env): string | undefined {
  const { TF_PLUGIN_MIRROR, TF_CLI_CONFIG_FILE } = variables;
  if (TF_PLUGIN_MIRROR !== undefined) return TF_PLUGIN_MIRROR;
  if (TF_CLI_CONFIG_FILE !== undefined && existsSync(TF_CLI_CONFIG_FILE)) return undefined;
  if (!existsSync('/opt')) return undefined;
  const folders = readdirSync('/opt').map((name) => path.join('/opt', name));
  return folders.find((folder) => existsSync(path.join(folder, AWS_PROVIDER)));
}

/** On a build server what is missing is an error: nobody would look at a skipped test again. */
export function isOnBuildServer(variables: NodeJS.ProcessEnv = process.env): boolean {
  return variables['CI'] === 'true';
}
