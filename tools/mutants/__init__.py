"""`make mutants`: change the core in many small ways, one at a time, and run the tests that execute the changed line.

    mutations.py   which changes a source file can have (pure)
    selection.py   which tests execute which line, from a coverage measurement
    __main__.py    runs the tests of each mutant, and reports those that no test notices

A mutant that the tests do not notice is behaviour that no test protects, or a change without effect. `accepted.json`
lists the latter, each with the reason.
"""
