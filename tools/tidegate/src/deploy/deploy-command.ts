import { ExitCode } from '../exit-code';
import { quietWhere, type OperationsContext } from '../operations/operations-context';
import type { DeployOptions, DeployStep } from './deploy-command-line';
import { deploySteps, type StepResult } from './deploy-steps';
import { Deployment } from './deployment';

interface StepReport extends StepResult {
  readonly step: DeployStep;
}

/** `tidegate deploy`: every step in its order; 2 when all is deployed and the verification found something. */
export async function deploy(options: DeployOptions, context: OperationsContext): Promise<ExitCode> {
  const { environment, steps, isJson } = options;
  const { workspaceRoot, note, print } = context;
  const quiet = quietWhere(isJson, context);
  const deployment = new Deployment(workspaceRoot, environment);
  const reports: StepReport[] = [];
  note(`Synthesising ${environment} …`);
  await deployment.terraform.synthesize();
  for (const [index, step] of steps.entries()) {
    note(`[${index + 1}/${steps.length}] ${step}`);
    try {
      reports.push({ step, ...(await deploySteps[step](deployment, options, quiet)) });
    } catch (error) {
      note(`Stopped at ${step}. When that is mended, "tidegate deploy ${environment}" goes on there:`);
      if (isJson) print(JSON.stringify({ environment, stoppedAt: step, steps: reports }, null, 2));
      throw error;
    }
  }
  if (isJson) print(JSON.stringify({ environment, steps: reports }, null, 2));
  else for (const { step, detail } of reports) print(`${step}: ${detail}`);
  return reports.some(({ isFinding }) => isFinding === true) ? ExitCode.finding : ExitCode.ok;
}
