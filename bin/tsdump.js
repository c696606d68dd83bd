#!/usr/bin/env node
import '../dist/src/cli/tsdump.js';
