/** First bytes of programs: PE, ELF, Mach-O in its four byte orders and as fat binary, scripts, Windows shortcuts. */
const magics = [
  '4d5a',
  '7f454c46',
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe',
  'cafebabe',
  '2321',
  '4c0000000114020000000000c0000000',
].map(hex => Buffer.from(hex, 'hex'));

/** Extensions that Windows, macOS or a shell starts on a double click. */
const executableName =
  /\.(?:exe|scr|com|bat|cmd|pif|msi|msp|dll|cpl|sys|ocx|lnk|scf|url|hta|js|jse|vbs?|vbe|wsf?|wsh|ps1|psm1|jar|reg|inf|iso|img|vhdx?|app|command|sh|desktop|docm|dotm|xlsm|xlam|pptm)$/i;

/** Whether an embedded file is a program, by its first bytes or its name. */
export function looksExecutable(content: Uint8Array, name = ''): boolean {
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 16));
  return magics.some(magic => start.subarray(0, magic.length).equals(magic)) || hasExecutableName(name);
}

/** Whether a file of that name is started on a double click. */
export function hasExecutableName(name: string): boolean {
  // Windows ignores dots and spaces at the end.
  return executableName.test(name.replace(/[. \0]+$/, ''));
}
