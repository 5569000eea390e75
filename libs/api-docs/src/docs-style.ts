/** In the page itself and named by its hash in the content security policy. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d9dee3, #363d45); --soft: light-dark(#f4f6f8, #1b2026);
  --text: light-dark(#1c2430, #dfe5ec); --quiet: light-dark(#586575, #98a5b3); --link: light-dark(#0b5cad, #7fb8f0); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--text); background: light-dark(#fff, #13171c); }
h1 { margin: 0; font-size: 1.7rem; } h1 small { font-size: .9rem; font-weight: 400; color: var(--quiet); }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.25rem; } h3 { margin: 1rem 0 .25rem; font-size: .85rem; color: var(--quiet); }
p, ul { margin: .25rem 0 .75rem; } ul { padding-left: 1.25rem; }
a { color: var(--link); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { margin: 0; padding: .75rem; overflow-x: auto; background: var(--soft); border-radius: .375rem; }
details { border-top: 1px solid var(--line); } details:last-child { border-bottom: 1px solid var(--line); }
summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .125rem .75rem; padding: .5rem .25rem; cursor: pointer; }
summary:hover { background: var(--soft); }
.method { flex: 0 0 4.25rem; font: 600 .8rem ui-monospace, monospace; }
.get { color: light-dark(#0b5cad, #7fb8f0); } .post { color: light-dark(#1a7340, #79cf9b); }
.put, .patch { color: light-dark(#8a5800, #e5b567); } .delete { color: light-dark(#b3261e, #f2938c); }
.path { flex: 1 1 16rem; overflow-wrap: anywhere; }
.scope { display: inline-block; padding: 0 .5rem; font-size: .8rem; color: var(--quiet); border: 1px solid var(--line);
  border-radius: 1rem; }
.about { padding: 0 .25rem 1rem; }
.codes { display: flex; flex-wrap: wrap; gap: .125rem 1rem; font-size: .8rem; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; } td { padding: .5rem .75rem .5rem .25rem; vertical-align: top;
  border-top: 1px solid var(--line); } td span { color: var(--quiet); } tr:target { background: var(--soft); }
`;
