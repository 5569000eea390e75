import { ExitCode } from '../exit-code';
import type { OperationsContext } from '../operations/operations-context';
import { deploy } from './deploy-command';
import type { DeployCommand } from './deploy-command-line';
import { destroy } from './destroy-command';

export async function runDeployCommand(
  command: DeployCommand,
  context: OperationsContext,
): Promise<ExitCode> {
  switch (command.name) {
    case 'deploy help':
      context.print(command.text);
      return ExitCode.ok;
    case 'deploy':
      return deploy(command, context);
    case 'destroy':
      return destroy(command, context);
  }
}
