/** What RDS answers to DescribeDBEngineVersions; the simulator does not know this call. */
export function offeredPostgres(version: string): string {
  return `<DescribeDBEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBEngineVersionsResult>
  <DBEngineVersions><DBEngineVersion><Engine>postgres</Engine><EngineVersion>${version}</EngineVersion></DBEngineVersion></DBEngineVersions>
  </DescribeDBEngineVersionsResult></DescribeDBEngineVersionsResponse>`;
}
