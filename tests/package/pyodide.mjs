// Run a Python program in a CPython that is compiled to WebAssembly: `node pyodide.mjs PYODIDE FOLDER… < program.py`.
// PYODIDE is the folder of the npm package; the program can import what is in the other folders.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, ...folders] = process.argv.slice(2);
const program = readFileSync(0, "utf8");

// Errors are shortened: node would print the whole of the generated code in front of them.
process.on("uncaughtException", (error) => {
  console.error(String(error.message).slice(-4000));
  process.exit(1);
});

const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide();
const mounted = folders.map((folder, index) => {
  const path = `/packages/${index}`;
  python.FS.mkdirTree(path);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, path);
  return path;
});
python.globals.set("folders", python.toPy(mounted));
python.runPython("import sys; sys.dont_write_bytecode = True; sys.path[:0] = folders");
await python.runPythonAsync(program);
// Pyodide's event loop does not clear the timers of cancelled timeouts, and node would wait for them.
process.exit(0);
