"""Writes form.json5 the way a person would: one field a line, comments, bare keys."""
import json
import re
import textwrap

FIELD_KEYS = ["name", "label", "page", "kind", "select", "cells", "lines", "writing", "box", "cellBoxes", "type",
              "required", "review", "correction", "target", "rows", "columns", "options"]
LIMIT = 118


def bare(key):
    return key if key.replace("_", "a").isalnum() and not key[0].isdigit() else json.dumps(key)


def number(value):
    return json.dumps(int(value) if value == int(value) else value)


def flat(value):
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flat(item) for item in value) + "]"
    return "{ " + ", ".join(f"{bare(key)}: {flat(item)}" for key, item in value.items()) + " }"


def wrapped(value, indent):
    """On one line where it fits, else broken between members and, inside long ones, again."""
    text = flat(value)
    if len(text) + indent <= LIMIT or not isinstance(value, (dict, list, tuple)) or not value:
        return text
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        lines, line = [], ""
        for key, item in value.items():
            part = f"{bare(key)}: {wrapped(item, indent + 2)}"
            if line and len(line) + len(part) + indent + 4 > LIMIT:
                lines.append(line + ",")
                line = ""
            line = f"{line}, {part}" if line else part
        lines.append(line)
        return "{ " + ("\n" + pad).join(lines) + " }"
    if all(isinstance(item, (list, tuple)) for item in value):
        # Boxes flow, so that a comb's cells take a few lines and not a page.
        lines = textwrap.wrap(", ".join(flat(item).replace(" ", "~") for item in value), LIMIT - indent - 2)
        return "[\n" + "".join(f"{pad}{line.replace('~', ' ')}\n" for line in lines) + " " * indent + "]"
    return "[\n" + "".join(f"{pad}{wrapped(item, indent + 2)},\n" for item in value) + " " * indent + "]"


def write(path, form, remark):
    """Writes `form`, a dict as in the format, to `path` with `remark` as the comment on top."""
    order = ["format", "id", "version", "name", "pages", "identification", "errorTarget", "fields", "rules", "output"]
    with open(path, "w", encoding="utf-8") as file:
        for line in remark.splitlines():
            file.write(f"// {line}\n".replace(" \n", "\n"))
        file.write("{\n")
        for key in order:
            if key not in form:
                continue
            if key == "fields":
                file.write("  fields: [\n")
                for field in form["fields"]:
                    ordered = {name: field[name] for name in FIELD_KEYS if name in field}
                    assert len(ordered) == len(field), set(field) - set(ordered)
                    file.write(f"    {wrapped(ordered, 4)},\n")
                file.write("  ],\n")
            else:
                file.write(f"  {key}: {wrapped(form[key], 2)},\n")
        file.write("}\n")


def read(path):
    """Reads a form.json5 that `write` made: enough of JSON5 for that, not more."""
    with open(path, encoding="utf-8") as file:
        text = "".join(line for line in file if not line.lstrip().startswith("//"))
    text = re.sub(r'([{,]\s*)([A-Za-z_]\w*):(?=[\s"\[{0-9-])', r'\1"\2":', text)
    return json.loads(re.sub(r",(\s*[\]}])", r"\1", text))
