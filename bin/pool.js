/**
 * The size of the pool in which libuv compresses, and flushes and reads files: a thread a core for the first, two for the
 * others. It is fixed when the pool is first used, and a program that is a module uses it before its first line: hence CommonJS.
 */
const { availableParallelism } = require('node:os');

process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism() + 2));
