import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/**
 * What the time is where requests go, to the second, in Unix milliseconds: every answer says it.
 *
 * @throws Error when there is none
 */
export async function awsNowMs(region: string): Promise<number> {
  const sts = new STSClient({ region });
  let date: string | undefined;
  sts.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = dateOf(result.response);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  await sts.send(new GetCallerIdentityCommand({}));
  if (date === undefined) throw new Error('the answer of AWS has no date');
  return Date.parse(date);
}

function dateOf(response: unknown): string | undefined {
  return (response as { headers?: Readonly<Record<string, string>> }).headers?.['date'];
}
