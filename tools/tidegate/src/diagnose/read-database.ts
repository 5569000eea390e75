import {
  DBInstanceNotFoundFault,
  DescribeDBEngineVersionsCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  type DBInstance,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseFacts } from './diagnosis-facts';

/** The database of an installation; when there is none, which version was wanted and what RDS offers. */
export async function readDatabase(rds: RDSClient, prefix: string): Promise<DatabaseFacts> {
  const instance = await readInstance(rds, prefix);
  if (instance !== undefined) return { instance };
  const family = await wantedFamily(rds, prefix);
  if (family === undefined) return {};
  const { DBEngineVersions = [] } = await rds.send(
    new DescribeDBEngineVersionsCommand({ Engine: 'postgres', DBParameterGroupFamily: family }),
  );
  return { family, offeredVersions: DBEngineVersions.flatMap(({ EngineVersion }) => EngineVersion ?? []) };
}

async function readInstance(rds: RDSClient, DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
  try {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    return DBInstances[0];
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return undefined;
    throw error;
  }
}

/** The parameter group is made before the instance, so it is there even when that could not be made. */
async function wantedFamily(rds: RDSClient, prefix: string): Promise<string | undefined> {
  const { DBParameterGroups = [] } = await rds.send(new DescribeDBParameterGroupsCommand({}));
  return DBParameterGroups.find(({ DBParameterGroupName = '' }) =>
    DBParameterGroupName.startsWith(`${prefix}-postgres`),
  )?.DBParameterGroupFamily;
}
