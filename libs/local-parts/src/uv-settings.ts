/**
 * pip's settings (a private index, certificates, a proxy …) in uv's words, so that uv installs from where the user
 * told pip to. uv reads neither pip.conf nor PIP_* variables.
 *
 * @param pipConfigList output of `pip config list`: one `section.name='value'` a line, later ones win
 * @param environment what the user set for uv directly has precedence
 */
export function uvEnvironment(pipConfigList: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = pipSettings(pipConfigList);
  const translated: NodeJS.ProcessEnv = {
    UV_DEFAULT_INDEX: settings.get('index-url'),
    UV_INDEX: settings.get('extra-index-url'),
    UV_FIND_LINKS: settings.get('find-links')?.split(/\s+/).join(','),
    UV_INSECURE_HOST: settings.get('trusted-host'),
    UV_HTTP_TIMEOUT: settings.get('default-timeout') ?? settings.get('timeout'),
    SSL_CERT_FILE: settings.get('cert'),
    SSL_CLIENT_CERT: settings.get('client-cert'),
    ALL_PROXY: settings.get('proxy'),
  };
  const known = Object.entries(translated).filter(([, value]) => value !== undefined && value !== '');
  return { ...Object.fromEntries(known), ...environment };
}

function pipSettings(pipConfigList: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of pipConfigList.split('\n')) {
    // global.index-url='…', install.index-url='…' or, from the environment, :env:.index-url='…'
    const found = /^(?:global|install|:env:)\.([a-z-]+)=(['"])(.*)\2$/.exec(line.trim());
    if (found?.[1] !== undefined && found[3] !== undefined) {
      settings.set(found[1], found[3].replaceAll('\\n', ' ').trim());
    }
  }
  return settings;
}
