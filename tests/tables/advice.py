# SPDX-License-Identifier: MIT
"""The advice of a message: the options and commands that it names, as a user copies them."""

import re
import shlex
from typing import NamedTuple

from tables import ways

FLAGS = {"--no-header", "--header", "--skip-blank", "--trailing-delimiter", "--decimal-comma",
         "--all-columns", "--transposed"}
VALUED = {"--skip-lines", "--skip-columns", "--columns", "--id-column", "--delimiter", "--na",
          "--comment"}
COMMANDS = re.compile(r"sed (?:'[^']*'|\S*?\dd)|grep -v (?:'[^']*'|\S+)|tail -n \+\d+|"
                      r"tr '\\r' '\\n'")
OPTION = re.compile(r"--[a-z][a-z-]*")
WORD = re.compile(r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+")


class Step(NamedTuple):
    name: str   # of an option, or the command's first word
    value: str  # of the option; the whole command; None for a flag

    def text(self):
        return self.value if not self.name.startswith("-") else \
            self.name if self.value is None else f"{self.name} {self.value}"


def is_value(name, value, known):
    """Whether it is meant to be copied, and is no placeholder or the next word of a sentence:
    numbers, and what the table has."""
    if name == "--skip-lines":
        return value.isdigit()
    if name == "--delimiter":
        return len(value) == 1 or value in ("tab", "comma", "space", "semicolon", "whitespace")
    if name == "--na":
        return set(value.split(",")) <= known
    if name == "--id-column" and value == "none":
        return True
    entries = re.findall(r'(?:"[^"]*"|[^,])+', value)
    return bool(entries) and all(
        re.fullmatch(r"\d+(-\d*)?", entry) or
        re.sub(r"^(name|number):", "", entry).strip('"') in known for entry in entries)


def option_at(message, match, known):
    name = match.group()
    if name in FLAGS:
        return Step(name, None)
    if message.startswith(" with that token", match.end()):
        return Step(name, message.split("'")[1])
    word = WORD.match(message, match.end() + 1)
    if name not in VALUED or not word or message[match.end():match.end() + 1] not in (" ", "="):
        return None
    # What ends a sentence or a bracket is not part of it, unless it is quoted.
    for candidate in (word.group(), word.group().rstrip(".,;:)?")):
        try:
            value = "".join(shlex.split(candidate))
        except ValueError:
            continue
        if is_value(name, value, known):
            return Step(name, value)
    return None


def steps(message, known):
    """In the order of the message. `known`: names and tokens that the table has."""
    found = [(match.start(), option_at(message, match, known))
             for match in OPTION.finditer(message)]
    found += [(match.start(), Step(match.group().split()[0], match.group()))
              for match in COMMANDS.finditer(message)]
    out = []
    for _, step in sorted(found, key=lambda pair: pair[0]):
        if step and step not in out:
            out.append(step)
    return out


class Reading:
    """A text and the options that it is read with; taking a step makes another one."""

    def __init__(self, blob, options=None):
        self.blob, self.options = blob, dict(options or {})

    def has(self, step):
        return self.options.get(step.name, "") == step.value

    def take(self, step):
        if step.name.startswith("-"):
            return Reading(self.blob, {**self.options, step.name: step.value})
        filtered = ways.run(step.value, stdin=self.blob, shell=True)
        return Reading(filtered.out, self.options)

    def words(self):
        out = []
        for name, value in self.options.items():
            out += [name] if value is None else [f"{name}={value}"]
        return out
