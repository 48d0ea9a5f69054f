#!/usr/bin/env python3
"""Formats SystemVerilog in the one way the project writes it, or tells what it would change.

  scripts/format_rtl.py [--check] FILE...

It rewrites white space, and line breaks in instances; nothing else. What spec/generate.py writes,
between `// spec: begin` and `// spec: end`, stays. The rules:
  - blocks, parameters, ports and connections are indented by two spaces
  - ports are in columns within a group: direction, type, name
  - one space in declarations, around assignments and around +: and -:
  - connections and parameters of an instance fill lines of at most 100 columns in their order; a
    blank or a comment line among them begins a new line
"""
import re
import sys

WIDTH = 100


def split_comment(line):
    """(code, comment) of a line; a string is not searched for //."""
    quoted = False
    for i, c in enumerate(line):
        quoted ^= c == '"'
        if not quoted and line.startswith("//", i):
            return line[:i].rstrip(), line[i:]
    return line.rstrip(), ""


def one_space(code):
    """White space inside a line of code."""
    indent = code[: len(code) - len(code.lstrip())]
    pieces = re.split(r'("[^"]*")', code.strip())  # strings stay
    for i in range(0, len(pieces), 2):
        p = re.sub(r"[ \t]+", " ", pieces[i])
        p = re.sub(r"\[ +", "[", p)
        p = re.sub(r" *([+-]:) *", r" \1 ", p)
        p = re.sub(r"(^|[ (,])\.(\w+) \(", r"\1.\2(", p)
        pieces[i] = p
    return indent + "".join(pieces)


PORT = re.compile(r"^\s*(input|output)\s+(logic(?:\s+signed)?)\s*((?:\[[^\]]*\]\s*)*)(\w+)(,?)$")


def format_ports(lines):
    """Ports of one group in columns; other lines as they are."""
    ports = [PORT.match(split_comment(line)[0]) for line in lines]
    kinds = [f"{m[2]} {m[3].strip()}".strip() if m else "" for m in ports]
    wide = max([len(one_space(k)) for k in kinds], default=0)
    bodies = []
    for line, m, kind in zip(lines, ports, kinds):
        if not m:
            bodies.append(None)
            continue
        kind = one_space(kind)
        bodies.append(f"  {m[1]:<6} {kind:<{wide}} {m[4]}{m[5]}")
    commented = [b for b, line in zip(bodies, lines) if b and split_comment(line)[1]]
    column = max([len(b) for b in commented], default=0) + 2
    out = []
    for body, line in zip(bodies, lines):
        comment = split_comment(line)[1]
        if body is None:
            out.append("  " + line.strip())
        elif comment:
            out.append(f"{body:<{column}}{comment}")
        else:
            out.append(body)
    return out


def split_list(text):
    """Items of a list at its outer commas."""
    items, depth, item = [], 0, ""
    text = re.sub(r"(^|, ?)\.(\w+)(?= ?(,|$))", r"\1.\2(\2)", text)  # .clk_i is .clk_i(clk_i)
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            items.append(item.strip())
            item = ""
        else:
            item += c
    return items + [item.strip()] if item.strip() else items


def fill(items, indent, more):
    """Items on lines of at most WIDTH columns; `more`: a comma follows the last one."""
    out, line = [], ""
    for i, item in enumerate(items):
        text = item + ("," if more or i + 1 < len(items) else "")
        if line and len(indent) + len(line) + 1 + len(text) > WIDTH:
            out.append(indent + line)
            line = ""
        line = f"{line} {text}" if line else text
    return out + [indent + line] if line else out


def format_list(lines, indent):
    """Lines between the parentheses of an instance: groups are parted by blanks and comments."""
    out, group, tail, verbatim = [], [], None, False
    for line in lines + [None]:
        if line is not None and (verbatim or line.strip().startswith("// spec: begin")):
            if group:
                out += fill(split_list(one_space(" ".join(group))), indent, True)
                group = []
            verbatim = not line.strip().startswith("// spec: end")
            out.append(line)
            continue
        code, comment = split_comment(line.strip()) if line is not None else ("", "")
        if line is not None and code:
            group.append(code)
            if comment:
                tail = comment
        if line is None or not code or comment:
            if group:
                items = split_list(one_space(" ".join(group)))
                filled = fill(items, indent, group[-1].endswith(","))
                if tail:
                    filled[-1] += "  " + tail
                out += filled
            group, tail = [], None
            if line is not None and not code:
                out.append(indent + comment if comment else "")
    return out


INSTANCE = re.compile(r"^(\s*)(systole_\w+|axi\w*_checker) (#\()?(.*)$")
CLOSE = re.compile(r"^\s*\)\s*(\w+\s*\()?\s*(\);)?$")


def format_instance(lines, i):
    """The instance that begins in line i: (its lines, the index after it), or None."""
    m = INSTANCE.match(lines[i])
    if not m or lines[i].lstrip().startswith("//"):
        return None
    indent = m[1]
    text, j, depth = [], i, 0
    while True:
        code = split_comment(lines[j])[0]
        depth += code.count("(") - code.count(")")
        text.append(lines[j])
        j += 1
        if depth == 0 and code.endswith(";"):
            break
        if j == len(lines):
            return None
    one = " ".join(split_comment(t.strip())[0] for t in text if split_comment(t.strip())[0])
    has_comment = any(split_comment(t)[1] for t in text)
    head = re.match(r"^(systole_\w+|axi\w*_checker) (?:#\((.*?)\) ?)?(u_\w+) ?\((.*)\);$", one)
    if not head:
        return None
    if has_comment:
        split = [k for k, x in enumerate(text) if re.search(r"\bu_\w+ ?\($", x.rstrip())]
        if not split or text[-1].strip() not in (");", ") ();"):
            return None
        first = split[0]
        out = [f"{indent}{head[1]} {head[3]} ("]
        if head[2]:
            inline = re.search(r"#\((.+)\) ?u_", text[first])
            inside = [inline[1]] if first == 0 and inline else text[1:first]
            inside = format_list(inside, indent + "  ")
            out = [f"{indent}{head[1]} #(", *inside, f"{indent}) {head[3]} ("]
            one_line = f"{indent}{head[1]} #({' '.join(x.strip() for x in inside)}) {head[3]} ("
            if len(one_line) <= WIDTH and "//" not in one_line:
                out = [one_line]
        return out + format_list(text[first + 1 : -1], indent + "  ") + [f"{indent});"], j
    pairs = split_list(one_space(head[4]))
    parameters = split_list(one_space(head[2])) if head[2] else []
    name, instance = head[1], head[3]
    start = f"{indent}{name} "
    if parameters:
        inline = f"{start}#({', '.join(parameters)}) {instance} ("
        if len(inline) <= WIDTH:
            out = [inline]
        else:
            out = [f"{start}#(", *fill(parameters, indent + "  ", False), f"{indent}) {instance} ("]
    else:
        out = [f"{start}{instance} ("]
    if not pairs:
        return [out[0] + ");"], j
    whole = f"{out[-1]}{', '.join(pairs)});"
    if len(out) == 1 and len(whole) <= WIDTH and len(pairs) <= 3:
        return [whole], j
    return out + fill(pairs, indent + "  ", False) + [f"{indent});"], j


def halve(line, base):
    """Four spaces of a module header become two."""
    return "  " + line.strip() if base else line


def format_text(text):
    lines = [line.rstrip() for line in text.split("\n")]
    out, i, header = [], 0, False
    group = []

    def flush():
        nonlocal group
        out.extend(format_ports(group))
        group = []

    while i < len(lines):
        line = lines[i]
        code, comment = split_comment(line)
        if comment.startswith("// spec: begin") and not code:
            flush()
            while True:
                out.append(lines[i])
                i += 1
                if lines[i - 1].strip() == "// spec: end":
                    break
            continue
        if re.match(r"^module \w+", code):
            header = True
        if header:
            if PORT.match(code):
                group.append(line)
            else:
                flush()
                if re.match(r"^(module|\)|$)", code.strip()) and not (comment and not code):
                    out.append(one_space(code) + (f"  {comment}" if comment else ""))
                elif code.strip():
                    body = "  " + one_space(code).strip()
                    pad = " " * max(2, len(line) - len(comment) - len(code)) if comment else ""
                    out.append(body + pad + comment)
                else:
                    out.append("  " + comment)
            header = not code.rstrip().endswith(");")
            i += 1
            continue
        instance = format_instance(lines, i)
        if instance:
            out.extend(instance[0])
            i = instance[1]
            continue
        if code and not line.lstrip().startswith("`"):
            gap = line[len(code) : len(line) - len(comment)]
            out.append(one_space(code) + (gap + comment if comment else ""))
        else:
            out.append(line)
        i += 1
    return "\n".join(out)


def main(arguments):
    check = arguments[:1] == ["--check"]
    status = 0
    for name in arguments[check:]:
        with open(name, encoding="utf-8") as f:
            before = f.read()
        after = format_text(before)
        if after == before:
            continue
        status = 1
        if check:
            pairs = zip(before.split("\n"), after.split("\n"))
            line = next((i for i, (a, b) in enumerate(pairs, 1) if a != b), 0)
            print(f"{name}:{line}: not as scripts/format_rtl.py writes it")
        else:
            with open(name, "w", encoding="utf-8") as f:
                f.write(after)
    return status if check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
