/** What may have WebAssembly; it has none where Node.js runs without a just-in-time compiler. */
export interface WebAssemblyHost {
  readonly WebAssembly?: {
    readonly Module: new (binary: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: object };
    readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
    validate(binary: Uint8Array): boolean;
  };
}

/** Of 64 KiB each: seven for bytes that kernels inflate or scan, and one for what the scan knows. */
const pages = 8;

/** Memory that instances of different modules share: what one of them writes, another reads in place. */
export interface KernelMemory {
  readonly bytes: Buffer;
  /** As WebAssembly knows it. */
  readonly memory: object;
}

const memories = new WeakMap<ArrayBufferLike, KernelMemory>();

/** The memory in which the bytes are, if they are in one. */
export function kernelMemoryOf(bytes: Uint8Array): KernelMemory | undefined {
  return memories.get(bytes.buffer);
}

/** A module that imports its memory and nothing else. */
export interface KernelModule {
  /** @throws {RangeError} where addresses have run out, of which each memory takes up 10 GB. */
  makeMemory(): KernelMemory;
  /** What an instance exports. */
  instantiate(memory: KernelMemory): object;
}

/**
 * Compiles a module; `undefined` where this machine or its settings cannot run it.
 *
 * @param binary As base64.
 */
export function kernelModule(
  binary: string,
  { WebAssembly: assembly }: WebAssemblyHost = globalThis as WebAssemblyHost,
): KernelModule | undefined {
  const bytes = Buffer.from(binary, 'base64');
  // Vectors of 128 bits are in every build of V8, but not on every processor.
  if (assembly?.validate(bytes) !== true) return undefined;
  const module = new assembly.Module(bytes);
  return {
    makeMemory() {
      const memory = new assembly.Memory({ initial: pages, maximum: pages });
      const made = { bytes: Buffer.from(memory.buffer), memory };
      memories.set(memory.buffer, made);
      return made;
    },
    instantiate: ({ memory }) => new assembly.Instance(module, { env: { memory } }).exports,
  };
}
