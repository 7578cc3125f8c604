import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileScan } from './compile-scan.ts';

/** Compiles scan-elements.as anew; to be run after each change of it. */
const binary = new URL('../../../../src/domain/kernel/record-scan/scan-binary.ts', import.meta.url);
writeFileSync(fileURLToPath(binary), await compileScan());
