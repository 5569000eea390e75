import path from 'node:path';
import type { Problem } from '../checks';
import type { TerraformFacts } from './terraform-facts';

/** Older ones cannot lock the state in S3. */
const LEAST_TERRAFORM: readonly [major: number, minor: number] = [1, 11];

/** Terraform, and the version of the AWS provider it will use. */
export function terraformProblems(facts: TerraformFacts): readonly Problem[] {
  return [...programProblems(facts.terraform), ...providerProblems(facts)];
}

function programProblems(version: string | undefined): readonly Problem[] {
  const expected = `Terraform ${LEAST_TERRAFORM.join('.')} or newer.`;
  const remedy = 'Install it: https://developer.hashicorp.com/terraform/install';
  if (version === undefined)
    return [{ what: 'The program "terraform" is not on PATH, or does not start.', expected, remedy }];
  if (isEnough(version)) return [];
  return [{ what: `Terraform ${version} cannot lock the state in S3.`, expected, remedy }];
}

function isEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_TERRAFORM;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

function providerProblems({ wantedProvider, lockedProviders }: TerraformFacts): readonly Problem[] {
  return [...lockedProviders]
    .filter(([, version]) => version !== wantedProvider)
    .map(([folder, version]) => ({
      what: `${path.basename(folder)} is held to version ${version} of the provider hashicorp/aws by its lock file.`,
      expected: `${wantedProvider}, for which the bindings @cdktf/provider-aws were made; Terraform refuses any other.`,
      remedy: `terraform -chdir=${path.relative(process.cwd(), folder) || '.'} init -upgrade`,
    }));
}
