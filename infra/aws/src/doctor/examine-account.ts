import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Problem } from '../checks';
import type { Environment } from '../environments';

/** The credentials work, and are those of the account that is meant. */
export async function accountProblems(
  sts: STSClient,
  { accountId }: Pick<Environment, 'accountId'>,
): Promise<readonly Problem[]> {
  const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
  if (accountId === undefined || account === accountId) return [];
  return [
    {
      what: `The credentials belong to the account ${account}.`,
      expected: `${accountId}, the accountId of the environment.`,
      remedy: 'Choose the credentials of that account, with AWS_PROFILE for example.',
    },
  ];
}

/** AWS refuses signatures that are five minutes off. */
const MOST_OFF_MS = 60_000;

/** @param awsNowMs what AWS says the time is, to the second */
export function clockProblems(nowMs: number, awsNowMs: number): readonly Problem[] {
  const offMs = nowMs - awsNowMs;
  if (Math.abs(offMs) <= MOST_OFF_MS) return [];
  const seconds = Math.round(Math.abs(offMs) / 1000);
  return [
    {
      what: `The clock of this machine is ${seconds} s ${offMs > 0 ? 'ahead' : 'behind'}: AWS refuses requests that are signed five minutes off.`,
      expected: 'the time of AWS, within a minute.',
      remedy: 'Set the clock, or let it be set: timedatectl set-ntp true.',
    },
  ];
}
