import { decodeAllowedModels, encodeAllowedModels } from './allowed-models';

describe('the models a caller is limited to, in a header', () => {
  it.each([[['digits']], [['digits', 'a,b', 'a b%2C', 'größe', '数字']], [[]]])('come back: %j', (names) => {
    const header = encodeAllowedModels(names);
    expect(header).toMatch(/^[!-~]*$/);
    expect(decodeAllowedModels(header)).toEqual(new Set(names));
  });

  it('are all models without the header, and none when it is empty', () => {
    expect(decodeAllowedModels(undefined)).toBeUndefined();
    expect(decodeAllowedModels('')).toEqual(new Set());
  });

  it.each(['digits,%zz', 'digits,%00', 'a%0Ab'])('are refused when they cannot be read: %s', (header) => {
    expect(() => decodeAllowedModels(header)).toThrow(/x-tidegate-models: expected/);
  });
});
