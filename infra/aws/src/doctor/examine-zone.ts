import { GetHostedZoneCommand, type Route53Client } from '@aws-sdk/client-route-53';
import { placeholderProblems, type Problem } from '../checks';
import type { Environment } from '../environments';

const ABSENT = new Set(['NoSuchHostedZone', 'InvalidInput']);

/** The public name, and the zone in which ACM proves it. */
export async function zoneProblems(
  route53: Route53Client,
  environment: Environment,
): Promise<readonly Problem[]> {
  const placeholders = placeholderProblems(environment);
  const { domain } = environment.edge;
  if (domain === undefined || placeholders.length > 0) return placeholders;
  const remedy = 'Correct edge.domain; "aws route53 list-hosted-zones" lists the zones of the account.';
  const zone = await findZone(route53, domain.zoneId);
  if (zone === undefined)
    return [
      {
        what: `edge.domain.zoneId is ${domain.zoneId}: there is no such zone.`,
        expected: `the id of ${domain.zoneName}; without it the certificate is never issued.`,
        remedy,
      },
    ];
  if (zone.isPrivate)
    return [
      {
        what: `The zone ${domain.zoneId} is private: nobody outside of its network can ask it, ACM neither.`,
        expected: `the public zone of ${domain.zoneName}; without it the certificate is never issued.`,
        remedy,
      },
    ];
  if (zone.name === domain.zoneName) return [];
  return [
    {
      what: `The zone ${domain.zoneId} is that of ${zone.name}.`,
      expected: `${domain.zoneName}, as in edge.domain.zoneName.`,
      remedy,
    },
  ];
}

async function findZone(
  route53: Route53Client,
  id: string,
): Promise<{ name: string; isPrivate: boolean } | undefined> {
  try {
    const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id: id }));
    const { Name = '', Config } = HostedZone ?? {};
    return { name: Name.replace(/\.$/, ''), isPrivate: Config?.PrivateZone === true };
  } catch (error) {
    if (error instanceof Error && ABSENT.has(error.name)) return undefined;
    throw error;
  }
}
