#!/usr/bin/env node
require('./pool.js');
void import('../dist/bundle/cli/tsload.js');
