import type { Environment } from '../environments';
import type { Problem } from './problem';

/** What a file of the state would cost on a machine that is gone after the deployment. */
export function runnerProblems({ name, stateBucket }: Environment, isOnRunner: boolean): Problem[] {
  if (!isOnRunner || stateBucket !== undefined) return [];
  return [
    {
      what: `stateBucket is not set, and this is a runner of GitHub: the Terraform state of ${name} would be gone with it, and all knowledge of what was deployed.`,
      expected: 'the name of a versioned S3 bucket.',
      remedy: 'Set it in the environment’s settings: docs/deploy.md, step 2.',
    },
  ];
}
