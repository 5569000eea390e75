import { parseEnv } from 'node:util';
import { formatEnvFile } from './env-file';

describe('env file', () => {
  it('is read back by Node as it was written', () => {
    const settings = {
      PORT: '8080',
      EMPTY: '',
      JSON: '[{"name":"local-user","scopes":["runs:read"]}]',
      HASH: 'a # b',
      URL: 'postgresql://api:p%27ss@127.0.0.1:5433/api_db?a=1&b=$HOME',
      QUOTE: "it's",
      BOTH: `'"`,
      BLANKS: '  x  ',
    };
    expect(parseEnv(formatEnvFile(settings))).toEqual(settings);
  });

  it('refuses what the format cannot hold', () => {
    expect(() => formatEnvFile({ KEY: 'a\nb' })).toThrow(/KEY cannot be written/);
    expect(() => formatEnvFile({ KEY: `'"\`` })).toThrow(/KEY cannot be written/);
  });
});
