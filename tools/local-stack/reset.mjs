import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('reset-main.ts');
