"""Records of CSV files and Python literals with everything that goes wrong in the wild, at random but the same for a seed."""
import random
import struct

# A cell's text, and what a cell may not hold at all: (bytes, why).
TEXTS = [
    "", "a", "0", "007", " lead", "trail ", "a,b", 'he said "no"', '"', '""', '"""', ",", "\n", "\r", "\r\n", "a\nb", "a\rb", "a\r\nb",
    "\n\n", '\n"', '"\n', ',"', '",', '"",""', "é", "値", "😀", "\u2028", "\x85", "\ufeff", "NULL", "\\N", "\\", "\\.", "\\\"", "'", "#", ";", "\t",
    "x" * 63, "x" * 64, "x" * 65, "é" * 40, '"' * 31, "\n" * 33, "," * 64, '",\n' * 21,
]
BAD = [b'a"b', b'a""', b'"a"b', b'"a" ', b'"a""b"c', b"nul\0", b"\xff", b"\xc3", b"caf\xe9", b"\x80", b"\xed\xa0\x80", b'"\xf0\x9f\x98"', b'"\0"']
ENDS = [b"\n", b"\r\n", b"\r"]


def quoted(text):
    return b'"' + text.encode().replace(b'"', b'""') + b'"'


def must_quote(text):
    return any(mark in text for mark in ',"\r\n')


class CsvMaker:
    """Bytes of a file and what each of its records is: (number, line, offset, [(text, quoted)] or None for a problem)."""

    def __init__(self, seed, columns=4, bad=0.02, ends=ENDS, blank=0.02):
        self.dice = random.Random(seed)
        self.columns, self.bad, self.ends, self.blank = columns, bad, ends, blank
        self.bytes = bytearray(b",".join(b"c%d" % i for i in range(columns)) + b"\n")
        self.records = []
        self.line = 2
        self.previous_end = b"\n"

    def text(self):
        dice = self.dice
        if dice.random() < 0.5:
            return dice.choice(TEXTS)
        return "".join(dice.choice(TEXTS[:34]) for _ in range(dice.randrange(3)))

    def cell(self):
        text = self.text()
        is_quoted = must_quote(text) or self.dice.random() < 0.2
        return (quoted(text) if is_quoted else text.encode()), (text, is_quoted)

    def add(self):
        dice = self.dice
        made = [self.cell() for _ in range(self.columns)]
        pieces, cells = [piece for piece, _ in made], [cell for _, cell in made]
        if dice.random() < self.bad:
            cells = None
            trap = dice.randrange(3)
            if trap == 0:
                pieces.append(b"more")
            elif trap == 1 and self.columns > 2:
                pieces.pop()
            else:
                pieces[dice.randrange(self.columns)] = dice.choice(BAD)
        record = b",".join(pieces)
        if not record:
            return  # of one column, an empty line
        end = dice.choice(self.ends)
        if self.previous_end == b"\r" and record.startswith(b"\n"):
            return  # the two would be one line end
        self.records.append((len(self.records) + 1, self.line, len(self.bytes), cells))
        self.bytes += record + end
        self.line += lines_in(record) + 1
        self.previous_end = end
        if dice.random() < self.blank and self.columns > 1 and end != b"\r":
            self.bytes += b"\n"
            self.line += 1

    def fill(self, count):
        while len(self.records) < count:
            self.add()
        return self


def lines_in(record):
    if b"\n" not in record and b"\r" not in record:
        return 0
    return record.count(b"\n") + record.count(b"\r") - record.count(b"\r\n")


def canonical(records):
    """As reel-records prints them, up to the words of a problem."""
    out = []
    for number, line, offset, cells in records:
        out.append(b"%d %d %d " % (number, line, offset))
        if cells is None:
            out.append(b"!")
        else:
            for text, is_quoted in cells:
                raw = text.encode()
                out.append(b"%d%s%s," % (len(raw), b'"' if is_quoted else b":", raw))
        out.append(b"\n")
    return b"".join(out)


# What repr prints, and what people write.
STRINGS = ["", "a", "it's", 'say "x"', "both ' and \"", "a\nb", "\t", "\\", "é", "値", "😀", "\x00", "\x7f", "\u2028", "C:\\new", "{", "]", "None", "#", "'''", '"""']
NUMBERS = ["0", "-1", "+1", "007"[2:], "1_000", "0x1F", "0b101", "0o17", "1.5", "-0.0", "1e5", "1E-7", ".5", "5.", "1e400", "9223372036854775807", "9223372036854775808",
           "-9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "0.1000000000000000055511151231257827", "1e22", "2.2250738585072014e-308", "4.9e-324"]


class LiteralMaker:
    def __init__(self, seed):
        self.dice = random.Random(seed)

    def string(self):
        dice = self.dice
        text = dice.choice(STRINGS) + (dice.choice(STRINGS) if dice.random() < 0.5 else "")
        way = dice.randrange(8)
        if way == 0:
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\0", "\\0") + '"'
        if way == 1:
            return dice.choice("uU") + repr(text)
        if way == 2:
            return ascii(text)
        if way == 3:
            return repr(text) + dice.choice(["", " ", "\n"]) + repr(dice.choice(STRINGS)) if dice.random() < 0.3 else repr(text)
        if way == 4:
            return repr(text.encode())
        if way == 5:
            return dice.choice(["r'a\\d'", "'''a\n'b'''", '"""x"y"""', "'a\\\nb'", "'\\x41\\101\\u00e9\\U0001F600\\q'", "b'\\xff\\0'", "rb'\\'", "'\\a\\b\\f\\v\\r'"])
        return repr(text)

    def value(self, depth=3):
        dice = self.dice
        way = dice.randrange(9 if depth else 5)
        if way == 0:
            return dice.choice(["None", "True", "False"])
        if way == 1:
            return dice.choice(NUMBERS)
        if way <= 4:
            return self.string()
        items = [self.value(depth - 1) for _ in range(dice.choice([0, 1, 1, 2, 3]))]
        gap = dice.choice([", ", ",", " , ", ",\n"])
        last = dice.choice(["", "", ","]) if items else ""
        if way == 5:
            return "(" + gap.join(items) + (last or ("," if len(items) == 1 else "")) + ")"
        if way == 6:
            keys = [self.value(0) for _ in items]
            return "{" + gap.join(f"{key}: {item}" for key, item in zip(keys, items)) + last + "}"
        return "[" + gap.join(items) + last + "]"

    def damaged(self, text):
        """One change at one place."""
        dice = self.dice
        at = dice.randrange(len(text) + 1)
        way = dice.randrange(3)
        if way == 0:
            return text[:at] + text[at + 1:]
        if way == 1:
            return text[:at] + dice.choice(list("'\"\\,:[](){}#+-.e0 1xnb\n")) + text[at:]
        return text[:at]

    def text(self):
        text = self.value()
        return self.damaged(text) if self.dice.random() < 0.3 else text


def canonical_literal(value):
    if value is None:
        return b"N"
    if value is True or value is False:
        return b"T" if value else b"F"
    if isinstance(value, int):
        return b"i%d " % value
    if isinstance(value, float):
        return b"d%016x" % struct.unpack(">Q", struct.pack(">d", value))[0]
    if isinstance(value, str):
        raw = value.encode()
        return b"s%d:%s" % (len(raw), raw)
    if isinstance(value, bytes):
        return b"b%d:%s" % (len(value), value)
    if isinstance(value, dict):
        return b"{" + b"".join(canonical_literal(key) + canonical_literal(item) for key, item in value.items()) + b"}"
    return b"[" + b"".join(map(canonical_literal, value)) + b"]"
