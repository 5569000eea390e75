import path from 'node:path';
import { ensurePythonEnv, pythonEnvironment, runCommand } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

export interface CheckovFinding {
  /** `CKV_AWS_17` */
  readonly ruleId: string;
  readonly address: string;
  readonly detail: string;
}

interface Report {
  readonly summary?: { readonly passed: number; readonly parsing_errors: number };
  readonly results?: {
    readonly failed_checks: readonly { check_id: string; check_name: string; resource: string }[];
  };
}

/**
 * What checkov finds in a folder of `cdk.tf.json` files.
 *
 * @throws when it read something wrongly or nothing at all: it exits with 0 then, as if all were well
 */
export async function runCheckov(folder: string): Promise<CheckovFinding[]> {
  const { venvDir } = await ensurePythonEnv({
    venvDir: path.join(workspaceRoot, '.tidegate', 'checkov-venv'),
    requirementFiles: [path.join(__dirname, 'requirements.txt')],
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const { stdout, stderr } = await runCommand(
    path.join(venvDir, 'bin', 'checkov'),
    // Without --skip-download it asks its maker's servers for descriptions, for as long as they do not answer.
    [
      ...['--directory', folder, '--framework', 'terraform_json', '--output', 'json'],
      ...['--compact', '--quiet', '--skip-download'],
    ],
    { env: pythonEnvironment(['BC_', 'CKV_', 'CHECKOV_', 'PRISMA_']), cwd: folder },
  );
  return findingsIn(JSON.parse(stdout === '' ? '{}' : stdout) as Report, `${stdout}\n${stderr}`.slice(-2000));
}

function findingsIn({ summary, results }: Report, output: string): CheckovFinding[] {
  const isWhole = summary !== undefined && summary.parsing_errors === 0 && summary.passed > 0;
  if (!isWhole || results === undefined)
    throw new Error(
      `checkov did not read everything. Expected no parsing error and at least one check that passed; it said:\n${output}`,
    );
  return results.failed_checks.map(({ check_id, check_name, resource }) => ({
    ruleId: check_id,
    address: resource,
    detail: check_name,
  }));
}
