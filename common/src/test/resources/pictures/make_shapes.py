#!/usr/bin/env python3
"""Writes shapes.png: edges of every direction, stripes that grow finer, a soft gradient and noise, in RGB of 8 bits."""
import math
import pathlib
import struct
import zlib

WIDTH, HEIGHT = 240, 160


def noise(i, j):
    """A hash, so that the file is the same everywhere."""
    n = (i * 374761393 + j * 668265263) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((n ^ (n >> 16)) & 0xFF) / 255


def pixel(i, j):
    # A sky that darkens to the right, with grain: no two neighbours are alike, so few outputs cancel.
    red, green, blue = 90 + 80 * i / HEIGHT, 120 + 60 * j / WIDTH, 200 - 70 * j / WIDTH
    distance = math.hypot(i - 62, j - 66)
    if distance < 44:  # a ball, lit from the upper left
        light = max(0.0, 1 - math.hypot(i - 46, j - 50) / 62)
        red, green, blue = 60 + 190 * light, 40 + 120 * light, 30 + 60 * light
    if i > 104 + 12 * math.sin(j / 17):  # a hill
        red, green, blue = 50 + 20 * math.sin(j / 9), 110 + 40 * math.sin(i / 11), 60
    if 132 <= j < 228 and 16 <= i < 56:  # stripes, finer to the right
        dark = math.sin((j - 132) ** 2 / 95) < 0
        red = green = blue = 25 if dark else 235
    if abs((j - 180) * 0.8 + (i - 108)) < 26 and abs((j - 180) - (i - 108) * 0.8) < 26:  # a square on its corner
        red, green, blue = 240, 225, 120
    grain = 14 * (noise(i, j) - 0.5)
    return bytes(max(0, min(255, round(value + grain))) for value in (red, green, blue))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = b"".join(b"\x00" + b"".join(pixel(i, j) for j in range(WIDTH)) for i in range(HEIGHT))
with open(pathlib.Path(__file__).with_name("shapes.png"), "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
               + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
