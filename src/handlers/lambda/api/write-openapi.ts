import { documentApiDescription } from './openapi.ts';

process.stdout.write(`${JSON.stringify(documentApiDescription(), null, 2)}\n`);
