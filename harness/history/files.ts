// The Node entry to history files. `index.ts` beside it must not reach it: that one runs in browsers too.
export { createRecorder } from "./jsonl-recorder.ts";
export { readHistory, readHistoryStream } from "./read-history.ts";
export { outputExists } from "./replace-file.ts";
export { writeHistory, writeHistoryStream } from "./write-history.ts";
