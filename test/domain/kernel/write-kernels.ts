import { writeFileSync } from 'node:fs';
import { compileKernel, kernels, targetOf } from './compile-kernel.ts';

/** Compiles the kernels anew; to be run after each change of their sources. */
for (const kernel of kernels) writeFileSync(targetOf(kernel), await compileKernel(kernel));
