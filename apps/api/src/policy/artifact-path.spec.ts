import { isSafeArtifactPath } from './artifact-path';

describe('isSafeArtifactPath', () => {
  it.each([
    'a',
    'a/b.txt',
    'a%20b/%C3%BC',
    'a..b/c',
    '...',
    '100%25',
    'a%252525',
    '100%',
    'sha256:b/c',
    'what?',
    'a+b',
    '%zz',
  ])('accepts %s', (path) => {
    expect(isSafeArtifactPath(path)).toBe(true);
  });

  it.each([
    '',
    '/a',
    '%2fetc/passwd',
    '..',
    'a/../b',
    'a/%2e%2e/b',
    '%252e%252e/a',
    '%25252e%25252e/a',
    '%2525252e%2525252e/a',
    'a%25252525',
    'a\\..\\b',
    'a%5c..%5cb',
    'a%00',
    'a%0d%0ab',
    'a%7f',
    'C:/a',
    'c%3a/a',
    'file:etc/passwd',
    'FILE%3Aetc/passwd',
    'http://host/a',
    'a#b',
    'a%23b',
    '100%25/%252e%252e',
    './a',
  ])('refuses %s', (path) => {
    expect(isSafeArtifactPath(path)).toBe(false);
  });
});
