import { redeploy } from '../changes/redeploy-command';
import { rollback } from '../changes/rollback-command';
import { scale } from '../changes/scale-command';
import { stopTask } from '../changes/stop-task-command';
import { drift } from '../drift/drift-command';
import { logs } from '../logs/logs-command';
import { diagnoseService } from '../diagnose/diagnose-command';
import type { ExitCode } from '../exit-code';
import { runInfraProgram } from '../infra-programs/run-infra-program';
import { status } from '../status/status-command';
import type { OperationsCommand } from './operations-command-line';
import type { OperationsContext } from './operations-context';

/** Runs a command on running services; resolves to the process's exit code. */
export async function runOperation(
  command: OperationsCommand,
  context: OperationsContext,
): Promise<ExitCode> {
  switch (command.name) {
    case 'operations help':
      context.print(command.text);
      return 0;
    case 'status':
      return status(command, context);
    case 'diagnose':
      return diagnoseService(command, context);
    case 'rollback':
      return rollback(command, context);
    case 'redeploy':
      return redeploy(command, context);
    case 'stop-task':
      return stopTask(command, context);
    case 'scale':
      return scale(command, context);
    case 'logs':
      return logs(command, context);
    case 'drift':
      return drift(command, context);
    case 'doctor':
    case 'cost':
      return runInfraProgram(command.name, {
        environment: command.installation.environment,
        isJson: command.isJson,
        workspaceRoot: context.workspaceRoot,
      });
  }
}
