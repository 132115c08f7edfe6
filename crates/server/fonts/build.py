#!/usr/bin/env python3
"""Makes the fonts of this folder anew: cut to the characters of names, and compressed.

Needs Debian's packages fonts-noto-core, fonts-droid-fallback and fonts-nanum, and fonttools and brotli from PyPI:

    apt-get install fonts-noto-core fonts-droid-fallback fonts-nanum
    pip install fonttools brotli
    python3 crates/server/fonts/build.py
"""

import io
from pathlib import Path

import brotli
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

NOTO = Path("/usr/share/fonts/truetype/noto")
DROID = Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf")
NANUM = Path("/usr/share/fonts/truetype/nanum/NanumGothic.ttf")
HERE = Path(__file__).parent

# Name of the file, font, and blocks of Unicode. Space, hyphen and joiners are in each.
FONTS = [
    ("han", DROID, [(0x2E80, 0x312F), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F),
                    (0xFF00, 0xFFEF)]),
    ("hangul", NANUM, [(0x3130, 0x318F), (0xAC00, 0xD7AF)]),
    ("arabic", "Arabic", [(0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF)]),
    ("devanagari", "Devanagari", [(0x900, 0x97F), (0xA8E0, 0xA8FF)]),
    ("bengali", "Bengali", [(0x980, 0x9FF)]),
    ("gurmukhi", "Gurmukhi", [(0xA00, 0xA7F)]),
    ("gujarati", "Gujarati", [(0xA80, 0xAFF)]),
    ("oriya", "Oriya", [(0xB00, 0xB7F)]),
    ("tamil", "Tamil", [(0xB80, 0xBFF)]),
    ("telugu", "Telugu", [(0xC00, 0xC7F)]),
    ("kannada", "Kannada", [(0xC80, 0xCFF)]),
    ("malayalam", "Malayalam", [(0xD00, 0xD7F)]),
    ("sinhala", "Sinhala", [(0xD80, 0xDFF)]),
    ("thai", "Thai", [(0xE00, 0xE7F)]),
    ("tibetan", NOTO / "NotoSerifTibetan-Regular.ttf", [(0xF00, 0xFFF)]),
    ("myanmar", "Myanmar", [(0x1000, 0x109F)]),
    ("ethiopic", "Ethiopic", [(0x1200, 0x139F)]),
    ("cherokee", "Cherokee", [(0x13A0, 0x13FF), (0xAB70, 0xABBF)]),
    ("khmer", "Khmer", [(0x1780, 0x17FF)]),
    ("mongolian", "Mongolian", [(0x1800, 0x18AF)]),
    ("syriac", "Syriac", [(0x700, 0x74F)]),
    ("thaana", "Thaana", [(0x780, 0x7BF)]),
]


def made(font: Path, blocks: list[tuple[int, int]]) -> bytes:
    options = Options()
    options.layout_features = ["*"]
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    # Whose it is and under which licence stays in the file.
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["DSIG", "FFTM", "vhea", "vmtx", "VORG"]
    cut = TTFont(font, recalcTimestamp=False)
    subsetter = Subsetter(options)
    characters = {0x20, 0x2D, 0x200C, 0x200D, 0x25CC}
    for first, last in blocks:
        characters.update(range(first, last + 1))
    subsetter.populate(unicodes=characters)
    subsetter.subset(cut)
    if font == NANUM:
        # Its licence keeps the name for the font as it is.
        for record in cut["name"].names:
            if record.nameID in (1, 3, 4, 6):
                record.string = "ReceiptHangul" if record.nameID in (3, 6) else "Receipt Hangul"
    file = io.BytesIO()
    cut.save(file)
    return file.getvalue()


for name, source, blocks in FONTS:
    path = source if isinstance(source, Path) else NOTO / f"NotoSans{source}-Regular.ttf"
    font = made(path, blocks)
    packed = brotli.compress(font, mode=brotli.MODE_GENERIC, quality=11, lgwin=24)
    (HERE / f"{name}.ttf.br").write_bytes(packed)
    print(f"{name:12} {len(font):9,} {len(packed):9,}")
