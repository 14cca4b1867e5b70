"""An entry as bytes, and back: a description as JSON, then frames as Arrow files."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

import polars as pl

_SIZE: Final = 8  # bytes that say how long the description is

Frames = Mapping[tuple[str, ...], pl.DataFrame]


def packed(described: Mapping[str, Any], frames: Frames) -> bytes:
    """described: what JSON can say, without the key "frames"."""
    arrow = [_as_arrow(frame) for frame in frames.values()]
    listed = [[list(name), len(one)] for name, one in zip(frames, arrow, strict=True)]
    head = json.dumps({**described, "frames": listed}).encode()
    return b"".join((len(head).to_bytes(_SIZE, "little"), head, *arrow))


def unpacked(body: bytes) -> tuple[dict[str, Any], dict[tuple[str, ...], pl.DataFrame]]:
    """What packed() made the body of; whether that is so, the store's digest has told."""
    size = int.from_bytes(body[:_SIZE], "little")
    at = _SIZE + size
    described = json.loads(body[_SIZE:at])
    frames = {}
    for name, length in described.pop("frames"):
        frames[tuple(name)] = pl.read_ipc(BytesIO(body[at : at + length]))
        at += length
    return described, frames


def _as_arrow(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    return buffer.getvalue()
