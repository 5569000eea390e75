import { PROBLEM_KINDS } from '@tidegate/schemas';
import { DOCS_STYLE } from './docs-style';
import type { DocumentedAccess, DocumentedApi, DocumentedTag } from './documented-api';
import { pathParameters, type DocumentedRoute } from './documented-route';

/** The documentation as one page without scripts. Routes that answer alike share their text: it is a list to search in. */
export function docsPage(api: DocumentedApi): string {
  const { title, version, introduction, tags } = api;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${DOCS_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)} <small>${escapeHtml(version)}</small></h1>
<p>${introduction} Machines read <a href="/docs/openapi.json">openapi.json</a>.</p>
<nav>${tags.map(({ name }) => `<a href="#${name}">${name}</a>`).join(' ')} <a href="#errors">errors</a></nav>
</header>
<main>
${tags.map((tag) => section(tag, api)).join('\n')}
${errors()}
</main>
</body>
</html>
`;
}

function section({ name, description }: DocumentedTag, { routes, access }: DocumentedApi): string {
  const entries = routes.filter(({ tag }) => tag === name).map((route) => entry(route, access));
  return `<section id="${name}">
<h2>${name}</h2>
<p>${escapeHtml(description)}</p>
${entries.join('\n')}
</section>`;
}

function entry(route: DocumentedRoute, access: DocumentedAccess): string {
  const { method, path, scopes, summary } = route;
  const { none, any } = access.badges;
  const needs = scopes === undefined ? [none] : scopes.length === 0 ? [any] : scopes;
  const badges = needs.map((need) => `<span class="scope">${escapeHtml(need)}</span>`).join(' ');
  return `<details>
<summary><b class="method ${method.toLowerCase()}">${method}</b> <code class="path">${breakable(path)}</code> <span class="scopes">${badges}</span></summary>
<div class="about">
${summary === undefined ? '' : `<p>${escapeHtml(summary)}.</p>`}${parameters(route)}${body(route)}${problems(route)}<h3>curl</h3>
<pre>${escapeHtml(curl(route, access))}</pre>
</div>
</details>`;
}

function parameters({ path, query = {} }: DocumentedRoute): string {
  const inPath = pathParameters(path).map((name) => `<li><code>${name}</code> in the path</li>`);
  const inQuery = Object.keys(query).map((name) => `<li><code>${name}</code> in the query</li>`);
  const all = [...inPath, ...inQuery];
  return all.length === 0 ? '' : `<h3>Parameters</h3>\n<ul>${all.join('')}</ul>\n`;
}

function body({ body: schema, otherBodyTypes = [] }: DocumentedRoute): string {
  if (schema === undefined) return '';
  const others = otherBodyTypes.map((type) => `<code>${escapeHtml(type)}</code>`);
  const also = others.length === 0 ? '' : `<p>Or ${others.join(', ')}.</p>\n`;
  return `<h3>Body, as JSON schema</h3>\n<pre>${escapeHtml(JSON.stringify(schema, undefined, 2))}</pre>\n${also}`;
}

function problems({ problems: codes }: DocumentedRoute): string {
  if (codes.length === 0) return '';
  const links = codes.map((code) => `<a href="#${code}">${PROBLEM_KINDS[code].status} ${code}</a>`);
  return `<h3>Errors</h3>\n<p class="codes">${links.join(' ')}</p>\n`;
}

function curl({ method, path, scopes, body: schema }: DocumentedRoute, access: DocumentedAccess): string {
  const { url, header } = access.curl;
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "${url}${path}"`,
    ...(scopes === undefined ? [] : [`-H "${header}"`]),
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
<code>requestId</code>, unless a route belongs to a protocol that has errors of its own.</p>
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
