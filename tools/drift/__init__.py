"""Comparisons that keep the vendor's document, `openapi.yaml`, `generated/` and `overlay/` in step.

`python -m tools.drift` has four commands. Most modules belong to `vendor`, which turns two documents into one report:

    two files or URLs
      |  documents        parse JSON or YAML, resolve `$ref`, find line numbers
      v
    Document
      |  operations       operations with their parameters, bodies, responses and servers
      |  security         ways to authenticate
      v
    Operation
      |  normalize        what a schema allows, one level deep, however it is spelled (keywords, variants)
      v
    Shape
      |  matching         which variant of a union is which of the other (discriminators)
      |  schemas          differences of two schemas
      |  compare          differences of two documents
      v
    Difference
      |  rules            how severe it is for a released client, and why
      |  accepted         which differences a maintainer has accepted (`drift-accepted.yml`)
      |  report           both put together, with line numbers
      v
    Report
      |  text_formats     text and Markdown, for people
      |  ci_formats       JSON, GitHub annotations and SARIF, for programs
      v
    output                standard output or a file

The other three share parts of it:

- `observed` checks recorded responses against the shapes of `openapi.yaml` (`responses`).
- `overlay` checks that builders, methods, types, README and the fake service cover `openapi.yaml`.
- `generated` regenerates the code and compares the files; it does not look into the document.
"""
