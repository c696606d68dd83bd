#!/usr/bin/env node
import '../dist/src/cli/tsload.js';
