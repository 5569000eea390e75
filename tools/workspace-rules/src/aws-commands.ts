import path from 'node:path';
import { pythonEnvironment, runCommand } from '@tidegate/local-parts';
import { ensureAwsSimulatorPython } from '@tidegate/testing';
import { argumentsOf, type DocumentedCommand } from './documented-commands';

/** What the models of the AWS API say against the commands of the AWS CLI in a document. */
export async function wrongAwsCommands(commands: readonly DocumentedCommand[]): Promise<string[]> {
  const found = argumentsOf(commands, ['aws']).filter(({ words }) => words.length > 0);
  if (found.length === 0) return [];
  const script = path.join(__dirname, 'check_aws_commands.py');
  const { exitCode, stdout, stderr } = await runCommand(
    await ensureAwsSimulatorPython(),
    [script, JSON.stringify(found)],
    { env: pythonEnvironment(['AWS_']) },
  );
  if (exitCode !== 0) throw new Error(`${script} failed: ${stderr}`);
  const problems = JSON.parse(stdout) as (string | null)[];
  return problems.flatMap((problem, index) =>
    problem === null ? [] : [`aws ${found[index]?.words.join(' ')}: ${problem}`],
  );
}
