"""A colour for each of the 46 categories, far apart to the eye.

Found once by farthest-point search: from crimson, always the colour of an 11 x 11
x 11 RGB grid with the largest distance in CIELAB to those taken, among colours of
lightness 35 to 92 and chroma above 25. Any two are at least 24 apart (a distance
of 2.3 can just be seen), and neighbours in the list more.
"""

# fmt: off
PALETTE = (
    (229, 25, 76), (0, 255, 0), (51, 25, 255), (76, 229, 255), (255, 204, 51),
    (102, 76, 153), (0, 102, 25), (255, 0, 204), (0, 255, 178), (204, 153, 127),
    (255, 102, 0), (0, 102, 127), (255, 178, 255), (178, 229, 0), (0, 102, 255),
    (204, 229, 153), (127, 178, 255), (127, 102, 0), (0, 178, 25), (178, 51, 127),
    (153, 25, 204), (153, 51, 0), (76, 153, 127), (255, 127, 153), (153, 102, 127),
    (127, 153, 0), (204, 127, 255), (153, 255, 127), (255, 178, 102), (102, 255, 229),
    (127, 76, 51), (51, 178, 102), (255, 0, 25), (255, 25, 153), (255, 127, 102),
    (255, 153, 0), (229, 0, 255), (153, 51, 76), (229, 229, 102), (127, 127, 76),
    (153, 25, 153), (25, 255, 102), (0, 102, 178), (178, 153, 204), (255, 178, 204),
    (229, 102, 204),
)
# fmt: on
