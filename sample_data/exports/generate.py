"""Write the three exports beside this file, the same bytes on every machine."""

import gzip
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
JANUARY = [
    ("05.01.2026", "Löffel", "1.250,00 €", "ja"),
    ("12.01.2026", "Gabel", "980,50 €", "nein"),
    ("28.01.2026", "Löffel", "(120,00 €)", "ja"),
]
FEBRUARY = [
    ("2.400,00", "02.02.2026", "Gabel", "17"),
    ("315,75", "17.02.2026", "Messer", "18"),
]
MARCH = [
    ("03.03.2026", "Löffel", "1.100,25-", "ja"),
    ("09.03.2026", "Messer", "3.600", "nein"),
    ("", "", "", ""),
    ("30.03.2026", "Gabel", "k. A.", "ja"),
]


def lines(rows: Sequence[tuple[str, ...]], separator: str, end: str) -> str:
    """Rows as text, with nothing in quotes."""
    return "".join(separator.join(row) + end for row in rows)


def main() -> None:
    """Write January in Windows-1252, February in UTF-16, March packed."""
    header = [("Datum", "Artikel", "Umsatz", "online")]
    january = "sep=;\r\n" + lines(header + JANUARY, ";", "\r\n")
    (HERE / "2026-01.csv").write_bytes(january.encode("windows-1252"))
    turned = [("Umsatz", "Datum", "Artikel", "Beleg")]
    (HERE / "2026-02.csv").write_bytes(lines(turned + FEBRUARY, "\t", "\n").encode("utf-16"))
    march = lines(header + MARCH, ";", "\n").encode("windows-1252")
    with (HERE / "2026-03.csv.gz").open("wb") as file:
        file.write(gzip.compress(march, mtime=0))


if __name__ == "__main__":
    main()
