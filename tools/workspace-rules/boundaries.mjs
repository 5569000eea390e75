/**
 * Who may import whom. Dependencies point one way: apps → platform libs → core libs. Every project carries
 * one `type:` tag; there is no catch-all row on purpose, since one would switch the rule off.
 */
export const boundaryConstraints = [
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:platform', 'type:core', 'type:testing'] },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:platform', 'type:core', 'type:testing'] },
  {
    sourceTag: 'type:core',
    onlyDependOnLibsWithTags: ['type:core', 'type:testing'],
    bannedExternalImports: ['@nestjs/*', 'fastify', 'rxjs', '@willsoto/*', 'nestjs-*'],
  },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:core', 'type:parts'] },
  { sourceTag: 'type:parts', onlyDependOnLibsWithTags: ['type:core'] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:core', 'type:parts', 'type:testing'] },
  { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:core', 'type:testing', 'type:parts'] },
  // Apps share libs, never each other; what exists for development (scope:dev) is for tests and tools.
  { sourceTag: 'scope:api', onlyDependOnLibsWithTags: ['scope:api', 'scope:any', 'scope:dev'] },
  { sourceTag: 'scope:inference', onlyDependOnLibsWithTags: ['scope:inference', 'scope:any', 'scope:dev'] },
  { sourceTag: 'scope:logging', onlyDependOnLibsWithTags: ['scope:logging', 'scope:any', 'scope:dev'] },
  { sourceTag: 'scope:infra', onlyDependOnLibsWithTags: ['scope:infra', 'scope:any', 'scope:dev'] },
  { sourceTag: 'scope:any', onlyDependOnLibsWithTags: ['scope:any', 'scope:dev'] },
  { sourceTag: 'scope:dev', onlyDependOnLibsWithTags: ['scope:dev', 'scope:any'] },
];
