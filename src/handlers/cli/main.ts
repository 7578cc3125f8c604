#!/usr/bin/env node
import { createReadStream, fstatSync } from 'node:fs';
import { runCli } from './cli.ts';
import { FileOutput, isFileOutput } from './file-output.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  get stdin() {
    // `process.stdin` reads a directory as if it were empty; this fails, as it should.
    return fstatSync(0).isDirectory() ? createReadStream('', { fd: 0 }) : process.stdin;
  },
  stdout: isFileOutput(1) ? new FileOutput(1) : process.stdout,
  stderr: isFileOutput(2) ? new FileOutput(2) : process.stderr,
});
