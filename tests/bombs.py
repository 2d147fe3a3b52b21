"""Small bodies that unpack to large ones, made without holding, or compressing, the large one."""

from __future__ import annotations

import zlib
from functools import cache

import zstandard

_BLOCK = b" " * (1 << 20)


@cache
def gzip_bomb(size: int) -> bytes:
    """Return *size* blanks (a multiple of 1 MiB) as one member of gzip.

    A full flush makes the compressed block independent of its place, so one serves for all.
    """
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(size >> 20):
        check = zlib.crc32(_BLOCK, check)
    trailer = check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return header + block * (size >> 20) + packer.flush() + trailer


@cache
def zstd_bomb(size: int) -> bytes:
    """Return *size* blanks (a multiple of 1 MiB) as one frame of Zstandard."""
    packer = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join(packer.compress(_BLOCK) for _ in range(size >> 20)) + packer.flush()
