/** What may have WebAssembly; it has none where Node.js runs without a just-in-time compiler. */
export interface WebAssemblyHost {
  readonly WebAssembly?: {
    readonly Module: new (binary: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: object };
    validate(binary: Uint8Array): boolean;
  };
}

/**
 * Makes instances of a module that imports nothing; `undefined` where this machine or its settings cannot run it.
 *
 * @param binary As base64.
 */
export function instancesOf(
  binary: string,
  { WebAssembly: assembly }: WebAssemblyHost = globalThis as WebAssemblyHost,
): (() => object) | undefined {
  const bytes = Buffer.from(binary, 'base64');
  // Vectors of 128 bits are in every build of V8, but not on every processor.
  if (assembly?.validate(bytes) !== true) return undefined;
  const module = new assembly.Module(bytes);
  return () => new assembly.Instance(module).exports;
}
