import { uvEnvironment } from './uv-settings';

describe('uvEnvironment', () => {
  it("hands pip's private index, certificates and wheels on to uv", () => {
    const pipConfigList = [
      "global.index-url='https://user:secret@packages.example/simple'",
      "global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'",
      "install.trusted-host='packages.example'",
      "global.cert='/etc/old.pem'",
      ":env:.cert='/etc/new.pem'",
      ":env:.find-links='/opt/wheels /opt/more'",
      ":env:.disable-pip-version-check='1'",
    ].join('\n');
    expect(uvEnvironment(pipConfigList, { PATH: '/bin' })).toEqual({
      PATH: '/bin',
      UV_DEFAULT_INDEX: 'https://user:secret@packages.example/simple',
      UV_INDEX: 'https://one.example/simple https://two.example/simple',
      UV_INSECURE_HOST: 'packages.example',
      SSL_CERT_FILE: '/etc/new.pem',
      UV_FIND_LINKS: '/opt/wheels,/opt/more',
    });
  });

  it('leaves what the user told uv directly', () => {
    expect(
      uvEnvironment("global.index-url='https://pip.example'", { UV_DEFAULT_INDEX: 'https://uv.example' }),
    ).toEqual({
      UV_DEFAULT_INDEX: 'https://uv.example',
    });
  });

  it('adds nothing without settings', () => {
    expect(uvEnvironment('', {})).toEqual({});
  });
});
