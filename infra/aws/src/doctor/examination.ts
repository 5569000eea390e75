import type { Problem } from '../checks';

/** One thing to look at before a deployment. */
export interface Examination {
  /** What must be so, in a few words. */
  readonly subject: string;
  /** It looks at something that a deployment makes itself: before the first one it is not there. @default false */
  readonly isMadeByDeployment?: boolean;
  /** What is wrong, empty when nothing is. May reject with what AWS refused. */
  readonly look: () => Promise<readonly Problem[]>;
}

export interface Diagnosis {
  readonly subject: string;
  readonly problems: readonly Problem[];
  /** Why it could not be looked at. */
  readonly notLookedAt?: string;
}

/** One after the other, so that throttling is no finding. */
export async function examine(examinations: readonly Examination[]): Promise<readonly Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const { subject, look } of examinations) {
    try {
      diagnoses.push({ subject, problems: await look() });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      diagnoses.push({ subject, problems: [], notLookedAt: reasonOf(error) });
    }
  }
  return diagnoses;
}

function reasonOf({ name, message, cause }: Error): string {
  const reason = cause instanceof Error ? cause.message : message;
  return name === 'Error' || name === 'TypeError' ? reason : `${name}: ${reason}`;
}
