import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findPluginMirror } from '@tidegate/testing';

/**
 * Variables with which Terraform finds its AWS provider: none where it does so by itself, else a configuration that names
 * a folder holding `registry.terraform.io/…`.
 */
export function pluginVariables(folder: string): Readonly<Record<string, string>> {
  const mirror = findPluginMirror();
  if (mirror === undefined) return {};
  const file = path.join(folder, 'mirror.tfrc');
  const method = `filesystem_mirror {
    path = ${JSON.stringify(mirror)}
    include = ["registry.terraform.io/*/*"]
  }`;
  writeFileSync(file, `provider_installation {\n  ${method}\n}\n`);
  return { TF_CLI_CONFIG_FILE: file };
}
