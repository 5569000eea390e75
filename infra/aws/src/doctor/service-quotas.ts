import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import type { Quota } from '../checks';

/**
 * How much of something an account may have in a region. What was never changed for it is AWS's default.
 *
 * @throws Error when Service Quotas does not say
 */
export async function quotaValue(client: ServiceQuotasClient, quota: Quota): Promise<number> {
  const code = { ServiceCode: quota.serviceCode, QuotaCode: quota.quotaCode };
  const value = (await appliedValue(client, code)) ?? (await defaultValue(client, code));
  if (value === undefined) throw new Error(`AWS does not say how many ${quota.things} there may be`);
  return value;
}

type Code = { readonly ServiceCode: string; readonly QuotaCode: string };

async function appliedValue(client: ServiceQuotasClient, code: Code): Promise<number | undefined> {
  try {
    return (await client.send(new GetServiceQuotaCommand(code))).Quota?.Value;
  } catch (error) {
    if (error instanceof NoSuchResourceException) return undefined;
    throw error;
  }
}

async function defaultValue(client: ServiceQuotasClient, code: Code): Promise<number | undefined> {
  return (await client.send(new GetAWSDefaultServiceQuotaCommand(code))).Quota?.Value;
}
