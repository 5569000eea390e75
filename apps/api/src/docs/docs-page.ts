import { PROBLEM_KINDS } from '@tidegate/schemas';
import { DOCS_STYLE } from './docs-style';
import { pathParameters, type DocumentedRoute } from './documented-route';
import { TAGS } from './open-api';

/** The documentation as one page without scripts. Routes that answer alike share their text: it is a list to search in. */
export function docsPage(routes: readonly DocumentedRoute[], version: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tidegate API</title>
<style>${DOCS_STYLE}</style>
</head>
<body>
<header>
<h1>Tidegate API <small>${escapeHtml(version)}</small></h1>
<p>Send a key as <code>Authorization: Bearer</code>, as the password of HTTP Basic, or as <code>X-API-Key</code>; never in
the query. Machines read <a href="/docs/openapi.json">openapi.json</a>.</p>
<nav>${TAGS.map(({ name }) => `<a href="#${name}">${name}</a>`).join(' ')} <a href="#errors">errors</a></nav>
</header>
<main>
${TAGS.map((tag) => section(tag, routes)).join('\n')}
${errors()}
</main>
</body>
</html>
`;
}

function section({ name, description }: (typeof TAGS)[number], routes: readonly DocumentedRoute[]): string {
  const entries = routes.filter(({ tag }) => tag === name).map((route) => entry(route));
  return `<section id="${name}">
<h2>${name}</h2>
<p>${escapeHtml(description)}</p>
${entries.join('\n')}
</section>`;
}

function entry(route: DocumentedRoute): string {
  const { method, path, scopes, summary } = route;
  const needs = scopes === undefined ? ['no key'] : scopes.length === 0 ? ['any key'] : scopes;
  const badges = needs.map((need) => `<span class="scope">${need}</span>`).join(' ');
  return `<details>
<summary><b class="method ${method.toLowerCase()}">${method}</b> <code class="path">${breakable(path)}</code> <span class="scopes">${badges}</span></summary>
<div class="about">
${summary === undefined ? '' : `<p>${escapeHtml(summary)}.</p>`}${parameters(route)}${body(route)}${problems(route)}<h3>curl</h3>
<pre>${escapeHtml(curl(route))}</pre>
</div>
</details>`;
}

function parameters({ path, query = {} }: DocumentedRoute): string {
  const inPath = pathParameters(path).map((name) => `<li><code>${name}</code> in the path</li>`);
  const inQuery = Object.keys(query).map((name) => `<li><code>${name}</code> in the query</li>`);
  const all = [...inPath, ...inQuery];
  return all.length === 0 ? '' : `<h3>Parameters</h3>\n<ul>${all.join('')}</ul>\n`;
}

function body({ body: schema }: DocumentedRoute): string {
  if (schema === undefined) return '';
  return `<h3>Body, as JSON schema</h3>\n<pre>${escapeHtml(JSON.stringify(schema, undefined, 2))}</pre>\n`;
}

function problems({ problems: codes }: DocumentedRoute): string {
  if (codes.length === 0) return '';
  const links = codes.map((code) => `<a href="#${code}">${PROBLEM_KINDS[code].status} ${code}</a>`);
  return `<h3>Errors</h3>\n<p class="codes">${links.join(' ')}</p>\n`;
}

function curl({ method, path, scopes, body: schema }: DocumentedRoute): string {
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$TIDEGATE_URL${path}"`,
    ...(scopes === undefined ? [] : ['-H "Authorization: Bearer $TIDEGATE_KEY"']),
    ...(schema === undefined ? [] : [`-H 'Content-Type: application/json' -d @body.json`]),
  ].join(' \\\n  ');
}

function errors(): string {
  const rows = Object.entries(PROBLEM_KINDS).map(
    ([code, { status, title, remedy }]) =>
      `<tr id="${code}"><td>${status}</td><td><code>${breakable(code)}</code></td><td>${escapeHtml(title)}. <span>${escapeHtml(remedy)}</span></td></tr>`,
  );
  return `<section id="errors">
<h2>errors</h2>
<p>Errors are <code>application/problem+json</code> with <code>code</code>, <code>detail</code>, <code>remedy</code> and
<code>requestId</code>. What a service behind the gateway answers passes through as it came.</p>
<table><tbody>
${rows.join('\n')}
</tbody></table>
</section>`;
}

/** Lines may break after slashes and underscores: long paths on small screens. */
function breakable(text: string): string {
  return escapeHtml(text).replace(/[/_]/g, '$&<wbr>');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
