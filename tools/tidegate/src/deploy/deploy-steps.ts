import { ECSClient } from '@aws-sdk/client-ecs';
import { rolloutProgress, waitUntilStable } from '../changes/wait-until-stable';
import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import { imagesPush } from '../images/images-commands';
import { runInfraProgram } from '../infra-programs/run-infra-program';
import { accessFromEnvironment } from '../keys/api-access.config';
import type { OperationsContext } from '../operations/operations-context';
import { nameOf, readServices } from '../services/read-services';
import { setup } from '../setup/setup-command';
import { verify } from '../verify/verify-command';
import { awaitHealth } from './await-health';
import type { DeployOptions, DeployStep } from './deploy-command-line';
import { deployStack } from './deploy-stack';
import type { Deployment } from './deployment';

/** How a step ended. A step that cannot be done throws. */
export interface StepResult {
  readonly detail: string;
  /** Something a person should look at. @default false */
  readonly isFinding?: boolean;
}

type Step = (
  deployment: Deployment,
  options: DeployOptions,
  context: OperationsContext,
) => Promise<StepResult>;

const stackStep =
  (stack: 'storage' | 'foundation'): Step =>
  async ({ terraform }, options, context) => ({
    detail: await deployStack(terraform, stack, options, context),
  });

export const deploySteps: Readonly<Record<DeployStep, Step>> = {
  doctor: async (_deployment, { environment, ignoresDoctor, isJson }, { workspaceRoot }) => {
    const program = {
      environment,
      workspaceRoot,
      isJson: false,
      isQuiet: isJson,
      words: ['--before-deployment'],
    };
    const exitCode = await runInfraProgram('doctor', program);
    if (exitCode === ExitCode.ok) return { detail: 'nothing found' };
    if (ignoresDoctor) return { detail: 'what was found is ignored' };
    throw new CommandError('The doctor found what would go wrong. Mend it, or go on with --ignore-doctor.');
  },
  storage: stackStep('storage'),
  foundation: stackStep('foundation'),
  images: async (deployment, options, { workspaceRoot, print }) => {
    const { release, since, allowsChanges } = options;
    await imagesPush(
      {
        ...{
          installation: await deployment.installation(),
          platform: await deployment.platform(),
          allowsChanges,
        },
        ...(release !== undefined && { release }),
        ...(since !== undefined && { since }),
      },
      { workspaceRoot, print, isQuiet: options.isJson },
    );
    return { detail: 'all in the registry' };
  },
  setup: async (deployment, _options, { workspaceRoot, clock, print, note }) => {
    await setup(await deployment.installation(), { workspaceRoot, clock, print, note });
    return { detail: 'secrets, databases and schemas are there' };
  },
  services: async (deployment, options, context) => {
    const detail = await deployStack(deployment.terraform, 'services', options, context);
    await deployment.keepOutputs();
    return { detail };
  },
  tasks: async (deployment, { timeoutMs }, context) => {
    const installation = await deployment.installation();
    const ecs = new ECSClient({ region: installation.region });
    for (const service of await readServices(ecs, installation)) {
      const newest = service.deployments?.find(({ status }) => status === 'PRIMARY')?.id;
      const [what, progressOf] = [`The deployment of ${nameOf(service)}`, rolloutProgress(newest)];
      await waitUntilStable(
        ecs,
        installation,
        { what, service: nameOf(service), timeoutMs, progressOf },
        context,
      );
    }
    return { detail: 'all run' };
  },
  verify: async (deployment, _options, context) => {
    const [url, installation] = [await deployment.apiUrl(), await deployment.installation()];
    await awaitHealth(url, context);
    const hasKey = accessFromEnvironment().key !== undefined;
    const verification = { name: 'verify', installation, url, isJson: false, hasKey } as const;
    const exitCode = await verify(verification, context);
    if (exitCode !== ExitCode.ok) return { detail: 'not all is as it must be', isFinding: true };
    return { detail: hasKey ? 'all is as it must be' : 'what needs no key is as it must be' };
  },
};
