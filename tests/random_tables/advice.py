# SPDX-License-Identifier: MIT
"""The advice of a message: the options and commands that it names, as a user copies them."""

import re
import shlex
from typing import NamedTuple

from random_tables import ways

FLAGS = {"--no-header", "--header", "--skip-blank", "--trailing-delimiter", "--decimal-comma",
         "--all-columns", "--transposed"}
VALUED = {"--skip-lines", "--skip-columns", "--columns", "--id-column", "--delimiter", "--na",
          "--comment"}
COMMANDS = re.compile(r"sed (?:'[^']*'|\S*?\dd)|grep -v (?:'[^']*'|\S+)|tail -n \+\d+|"
                      r"tr '\\r' '\\n'")
OPTION = re.compile(r"--[a-z][a-z-]*")
WRITE_NA = re.compile(r"not a number: '([^']*)' .*write NA")
WORD = re.compile(r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+")


class Step(NamedTuple):
    name: str   # of an option, or the command's first word; or "write NA"
    value: str  # of the option; the whole command; None for a flag; the text to be overwritten

    def text(self):
        return f"writing NA for {self.value}" if self.name == "write NA" else \
            self.value if not self.name.startswith("-") else \
            self.name if self.value is None else f"{self.name} {self.value}"


class Advice(tuple):
    """Steps that stand side by side in a message, as in "--id-column x --skip-columns 2"."""

    def names(self):
        return {step.name for step in self}

    def text(self):
        return " ".join(step.text() for step in self)


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


def cut_back(word):
    """It, and it without what ends a sentence or a bracket, a byte at a time."""
    yield word
    while word and word[-1] in ".,;:)?":
        word = word[:-1]
        yield word


def option_at(message, match, known):
    """The option there and where it ends; None where it is only spoken of."""
    name = match.group()
    if name in FLAGS:
        return Step(name, None), match.end()
    if message.startswith(" with that token", match.end()):
        return Step(name, message.split("'")[1]), match.end()
    word = WORD.match(message, match.end() + 1)
    if name not in VALUED or not word or message[match.end():match.end() + 1] not in (" ", "="):
        return None
    for candidate in cut_back(word.group()):
        try:
            value = "".join(shlex.split(candidate))
        except ValueError:
            continue
        if is_value(name, value, known):
            return Step(name, value), word.start() + len(candidate)
    return None


def offers(message, known):
    """In the order of the message. `known`: names and tokens that the table has."""
    found = [(match.start(), option_at(message, match, known))
             for match in OPTION.finditer(message)]
    found += [(match.start(), (Step(match.group().split()[0], match.group()), match.end()))
              for match in COMMANDS.finditer(message)]
    found += [(match.start(), (Step("write NA", match.group(1)), match.end()))
              for match in WRITE_NA.finditer(message)]
    groups, last = [], None
    for start, at in sorted((pair for pair in found if pair[1]), key=lambda pair: pair[0]):
        step, end = at
        if last is not None and message[last:start] == " ":
            groups[-1].append(step)
        else:
            groups.append([step])
        last = end
    return list(dict.fromkeys(Advice(group) for group in groups))


def overwrite(blob, text):
    """Each field that is this text becomes NA. No field with a decimal comma in it is parted by
    commas."""
    parting = "\t; " if "," in text else "\t; ,"
    field = f'(?<=[{parting}])("?){re.escape(text)}\\1(?=[{parting}\r\n])'
    return re.sub(field.encode(), b"NA", blob)


class Reading:
    """A text and the options that it is read with; taking advice makes another one."""

    def __init__(self, blob, options=None):
        self.blob, self.options = blob, dict(options or {})

    def has(self, offer):
        return all(self.options.get(step.name, "") == step.value for step in offer)

    def take(self, offer):
        blob, options = self.blob, dict(self.options)
        for step in offer:
            if step.name.startswith("-"):
                options[step.name] = step.value
            elif step.name == "write NA":
                blob = overwrite(blob, step.value)
            else:
                blob = ways.run(step.value, stdin=blob, shell=True).out
        return Reading(blob, options)

    def words(self):
        out = []
        for name, value in self.options.items():
            out += [name] if value is None else [f"{name}={value}"]
        return out
