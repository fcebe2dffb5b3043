#!/usr/bin/env node
// A counter is no unique id: every node counts from 1.
import { serve } from "./node.mjs";

let count = 0;

serve({ generate: () => ({ type: "generate_ok", id: ++count }) });
