export type CodecName = 'none' | 'zstd' | 'gzip';
