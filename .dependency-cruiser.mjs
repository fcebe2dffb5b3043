// Which folder may import which, and why. `npm run boundaries` checks it, and that it saw the modules at all.
const inside = (...folders) => `^(${folders.join("|")})/`;
const tests = "(\\.test\\.ts$|/testing/)";

/** Folder → the folders whose imports it may not use. */
const forbid = (name, from, to, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: inside(from), pathNot: tests },
  to: { path: inside(...to) },
});

export default {
  forbidden: [
    {
      name: "no-circular",
      comment: "a cycle hides which of two files is the ground of the other",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "a file that nobody imports and that is no entry is dead",
      severity: "error",
      from: { orphan: true, pathNot: [tests, "\\.d\\.ts$", "^cli/main\\.ts$", "^bench/"] },
      to: {},
    },
    forbid(
      "harness-is-the-ground-floor",
      "harness",
      ["checkers", "workloads", "nemesis", "targets", "results", "cli", "bench"],
      "harness knows no particular store, fault, workload or checker, so that each of them can be replaced",
    ),
    forbid(
      "checkers-judge-histories-only",
      "checkers",
      ["workloads", "nemesis", "targets", "results", "cli", "bench"],
      "a verdict depends on the history and on nothing that produced or shows it",
    ),
    {
      name: "checkers-are-pure",
      comment:
        "checkers run in a worker or a browser: of harness they may use the history, the types of the ports, errors, durations and the monotonic clock",
      severity: "error",
      from: { path: inside("checkers"), pathNot: tests },
      to: {
        path: "^harness/",
        pathNot: [
          "^harness/history/",
          "^harness/ports/",
          "^harness/errors\\.ts$",
          "^harness/clock/(duration|monotonic)\\.ts$",
        ],
      },
    },
    {
      name: "checkers-run-in-a-browser",
      comment: "nothing that checkers reach may need Node or a package",
      severity: "error",
      from: { path: "^checkers/index\\.ts$" },
      to: {
        path: [
          "^(fs|path|os|net|http|zlib|stream|child_process|crypto|util|url|worker_threads)(/|$)",
          "node_modules/",
        ],
        reachable: true,
      },
    },
    forbid(
      "workloads-know-no-store",
      "workloads",
      ["checkers", "nemesis", "targets", "results", "cli", "bench"],
      "a workload says what clients do; it runs against any target that understands its operations",
    ),
    forbid(
      "nemesis-and-targets-meet-in-capabilities",
      "nemesis",
      ["checkers", "workloads", "targets", "results", "cli", "bench"],
      "a fault works on any cluster that offers its capability",
    ),
    forbid(
      "targets-know-no-faults",
      "targets",
      ["checkers", "workloads", "nemesis", "results", "cli", "bench"],
      "a target offers capabilities and knows nothing of who uses them",
    ),
    {
      name: "protocols-know-no-simulation",
      comment:
        "the same node logic runs in a simulation, as a process and in a container, through thin adapters",
      severity: "error",
      from: { path: "^targets/reference-store/protocols/", pathNot: tests },
      to: { path: ["^targets/(simulation|docker)/", "^harness/(interpreter|run|generator)/"] },
    },
    forbid(
      "results-keep-and-show",
      "results",
      ["workloads", "nemesis", "targets", "cli", "bench"],
      "nothing that draws, formats or stores can change a verdict",
    ),
    {
      name: "cli-is-the-composition-root",
      comment: "only cli may import everything, so nothing may import cli",
      severity: "error",
      from: { pathNot: [inside("cli"), "^bench/"] },
      to: { path: inside("cli") },
    },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["\\.docker\\.test\\.ts$"] },
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".js"] },
  },
};
