import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.ts';

/** Checksum algorithms of S3 by the name in `x-amz-checksum-<name>`, each giving the base64 of its big-endian digest. */
const algorithms: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  crc32: bytes => base64Of(crc32(bytes)),
  crc32c: bytes => base64Of(crc32c(bytes)),
  crc64nvme: bytes => crc64nvme(bytes),
  sha1: bytes => createHash('sha1').update(bytes).digest('base64'),
  sha256: bytes => createHash('sha256').update(bytes).digest('base64'),
};

/** The checksums that were sent and hold, by header name, for example `x-amz-checksum-crc32`. */
export type Checksums = Readonly<Record<string, string>>;

/** Compares the bytes with `Content-MD5` and every `x-amz-checksum-*`; a mismatch is `BadDigest`. */
export function verifyChecksums(bytes: Uint8Array, headers: Readonly<Record<string, string>>): Checksums {
  const md5 = headers['content-md5'];
  if (md5 !== undefined) {
    if (Buffer.from(md5, 'base64').length !== 16) {
      throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.');
    }
    if (createHash('md5').update(bytes).digest('base64') !== md5) {
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
  }
  const held: Record<string, string> = {};
  for (const [name, digest] of Object.entries(algorithms)) {
    const header = `x-amz-checksum-${name}`;
    const sent = headers[header];
    if (sent === undefined) continue;
    if (digest(bytes) !== sent) {
      throw new S3Error(
        'BadDigest',
        `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
      );
    }
    held[header] = sent;
  }
  return held;
}

const crc32cTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

/** CRC-32C (RFC 3720, appendix B.4). */
function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (crc32cTable[(value ^ byte) & 0xff] ?? 0);
  return (value ^ 0xffffffff) >>> 0;
}

const crc64Table = Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return value;
});
const crc64High = Uint32Array.from(crc64Table, value => Number(value >> 32n));
const crc64Low = Uint32Array.from(crc64Table, value => Number(value & 0xffffffffn));

/** CRC-64/NVME (NVM Express NVM Command Set Specification 1.0b, 5.2.1.3.4), in two halves: BigInt is too slow. */
function crc64nvme(bytes: Uint8Array): string {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | ((high & 0xff) << 24)) ^ (crc64Low[index] ?? 0);
    high = (high >>> 8) ^ (crc64High[index] ?? 0);
  }
  const digest = Buffer.alloc(8);
  digest.writeUInt32BE((high ^ 0xffffffff) >>> 0, 0);
  digest.writeUInt32BE((low ^ 0xffffffff) >>> 0, 4);
  return digest.toString('base64');
}

function base64Of(value: number): string {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(value, 0);
  return digest.toString('base64');
}
