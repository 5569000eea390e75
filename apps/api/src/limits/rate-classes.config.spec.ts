import { BUILT_IN_CLASSES, rateClassesValue } from './rate-classes.config';

describe('the configured rate classes', () => {
  it('are added to the built-in ones or replace them', () => {
    const given = { standard: { requests: 5, perSeconds: 1 }, batch: { requests: 9, perSeconds: 60 } };
    expect(rateClassesValue.parse(JSON.stringify(given))).toEqual({ ...BUILT_IN_CLASSES, ...given });
  });

  it.each([
    ['no JSON', 'standard=5'],
    ['a list', '[]'],
    ['no requests', '{"a":{"perSeconds":1}}'],
    ['nothing allowed', '{"a":{"requests":0,"perSeconds":1}}'],
    ['half a request', '{"a":{"requests":0.5,"perSeconds":1}}'],
    ['a window without length', '{"a":{"requests":1,"perSeconds":0}}'],
    ['a window longer than a day', '{"a":{"requests":1,"perSeconds":86401}}'],
    ['a misspelt field', '{"a":{"requests":1,"perSeconds":1,"perMinute":1}}'],
    ['a name that breaks headers', '{"a\\"b":{"requests":1,"perSeconds":1}}'],
    ['a limit for those without one', '{"unlimited":{"requests":1,"perSeconds":1}}'],
  ])('cannot be %s', (_problem, text) => expect(rateClassesValue.safeParse(text).success).toBe(false));
});
