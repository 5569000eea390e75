import { loadEnvironment } from '../environments';
import { quotaExaminations } from './examine-quotas';

const subjects = (nat: string) =>
  quotaExaminations(loadEnvironment('dev', { network: { nat } })).map(({ subject }) => subject);

it('looks at what the environment takes from the account', () => {
  expect(subjects('gateway-per-zone')).toEqual([
    'the quota of VPCs in eu-west-2 has room for 1 of dev',
    'the quota of processors of Fargate on demand in eu-west-2 has room for 2.5 of dev',
    'the quota of database instances in eu-west-2 has room for 1 of dev',
    'the quota of load balancers in eu-west-2 has room for 1 of dev',
    'the quota of Elastic IP addresses in eu-west-2 has room for 2 of dev',
  ]);
});

it('looks at no addresses where none is needed', () => {
  expect(subjects('none')).toHaveLength(4);
});
