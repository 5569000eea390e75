import { quotaProblems } from './quota.check';

const quota = { things: 'load balancers', serviceCode: 'elasticloadbalancing', quotaCode: 'L-53DA6B97' };

it.each([
  ['enough is free', 2, { most: 5, used: 3, own: 0 }],
  ['all is taken, and what is needed is among it', 2, { most: 5, used: 5, own: 2 }],
  ['more is taken than allowed, and nothing is needed', 1, { most: 5, used: 6, own: 1 }],
])('finds nothing when %s', (_, needed, facts) => {
  expect(quotaProblems(quota, needed, facts, 'eu-west-2')).toEqual([]);
});

it.each([
  ['all is taken', 2, { most: 5, used: 5, own: 0 }, 2, 7],
  ['too little is free', 2, { most: 5, used: 4, own: 0 }, 2, 6],
  ['a part of it is there', 2, { most: 5, used: 5, own: 1 }, 1, 6],
  ['more is taken than allowed', 1, { most: 5, used: 6, own: 0 }, 1, 7],
])('says how much more to ask for when %s', (_, needed, facts, missing, wanted) => {
  const [problem, ...others] = quotaProblems(quota, needed, facts, 'eu-west-2');
  expect(others).toEqual([]);
  expect(problem?.what).toBe(`The account has ${facts.used} of at most 5 load balancers in eu-west-2.`);
  expect(problem?.expected).toBe(`room for ${missing} more.`);
  expect(problem?.remedy).toContain(
    `--region eu-west-2 --service-code elasticloadbalancing --quota-code L-53DA6B97 --desired-value ${wanted}`,
  );
});
