"""The 46 categories and 294 attributes of iMaterialist (Fashion) 2020 / Fashionpedia.

The one place where ids, names and contiguous indices meet. Category ids are
0..45 and equal their index; attribute ids lie in 0..340 WITH GAPS (235-280 and
284 do not exist), so attributes are always handled by their index 0..293.

Source: ``label_descriptions.json`` of the competition, equal to the taxonomy of
Fashionpedia (Jia et al., ECCV 2020).
"""

from .labels import Label, Taxonomy

# fmt: off
_CATEGORY_GROUPS = (
    ('upperbody', {
        0: 'shirt, blouse', 1: 'top, t-shirt, sweatshirt', 2: 'sweater', 3: 'cardigan',
        4: 'jacket', 5: 'vest',
    }),
    ('lowerbody', {
        6: 'pants', 7: 'shorts', 8: 'skirt',
    }),
    ('wholebody', {
        9: 'coat', 10: 'dress', 11: 'jumpsuit', 12: 'cape',
    }),
    ('head', {
        13: 'glasses', 14: 'hat', 15: 'headband, head covering, hair accessory',
    }),
    ('neck', {
        16: 'tie',
    }),
    ('arms and hands', {
        17: 'glove', 18: 'watch',
    }),
    ('waist', {
        19: 'belt',
    }),
    ('legs and feet', {
        20: 'leg warmer', 21: 'tights, stockings', 22: 'sock', 23: 'shoe',
    }),
    ('others', {
        24: 'bag, wallet', 25: 'scarf', 26: 'umbrella',
    }),
    ('garment parts', {
        27: 'hood', 28: 'collar', 29: 'lapel', 30: 'epaulette', 31: 'sleeve',
        32: 'pocket', 33: 'neckline',
    }),
    ('closures', {
        34: 'buckle', 35: 'zipper',
    }),
    ('decorations', {
        36: 'applique', 37: 'bead', 38: 'bow', 39: 'flower', 40: 'fringe', 41: 'ribbon',
        42: 'rivet', 43: 'ruffle', 44: 'sequin', 45: 'tassel',
    }),
)

_ATTRIBUTE_GROUPS = (
    ('nickname', {
        0: 'classic (t-shirt)', 1: 'polo (shirt)', 2: 'undershirt', 3: 'henley (shirt)',
        4: 'ringer (t-shirt)', 5: 'raglan (t-shirt)', 6: 'rugby (shirt)',
        7: 'sailor (shirt)', 8: 'crop (top)', 9: 'halter (top)', 10: 'camisole',
        11: 'tank (top)', 12: 'peasant (top)', 13: 'tube (top)', 14: 'tunic (top)',
        15: 'smock (top)', 16: 'hoodie', 17: 'blazer', 18: 'pea (jacket)',
        19: 'puffer (jacket)', 20: 'biker (jacket)', 21: 'trucker (jacket)',
        22: 'bomber (jacket)', 23: 'anorak', 24: 'safari (jacket)', 25: 'mao (jacket)',
        26: 'nehru (jacket)', 27: 'norfolk (jacket)', 28: 'classic military (jacket)',
        29: 'track (jacket)', 30: 'windbreaker', 31: 'chanel (jacket)', 32: 'bolero',
        33: 'tuxedo (jacket)', 34: 'varsity (jacket)', 35: 'crop (jacket)', 36: 'jeans',
        37: 'sweatpants', 38: 'leggings', 39: 'hip-huggers (pants)',
        40: 'cargo (pants)', 41: 'culottes', 42: 'capri (pants)', 43: 'harem (pants)',
        44: 'sailor (pants)', 45: 'jodhpur', 46: 'peg (pants)', 47: 'camo (pants)',
        48: 'track (pants)', 49: 'crop (pants)', 50: 'short (shorts)',
        51: 'booty (shorts)', 52: 'bermuda (shorts)', 53: 'cargo (shorts)',
        54: 'trunks', 55: 'boardshorts', 56: 'skort', 57: 'roll-up (shorts)',
        58: 'tie-up (shorts)', 59: 'culotte (shorts)', 60: 'lounge (shorts)',
        61: 'bloomers', 62: 'tutu (skirt)', 63: 'kilt', 64: 'wrap (skirt)',
        65: 'skater (skirt)', 66: 'cargo (skirt)', 67: 'hobble (skirt)',
        68: 'sheath (skirt)', 69: 'ball gown (skirt)', 70: 'gypsy (skirt)',
        71: 'rah-rah (skirt)', 72: 'prairie (skirt)', 73: 'flamenco (skirt)',
        74: 'accordion (skirt)', 75: 'sarong (skirt)', 76: 'tulip (skirt)',
        77: 'dirndl (skirt)', 78: 'godet (skirt)', 79: 'blanket (coat)', 80: 'parka',
        81: 'trench (coat)', 82: 'pea (coat)', 83: 'shearling (coat)',
        84: 'teddy bear (coat)', 85: 'puffer (coat)', 86: 'duster (coat)',
        87: 'raincoat', 88: 'kimono', 89: 'robe', 90: 'dress (coat )',
        91: 'duffle (coat)', 92: 'wrap (coat)', 93: 'military (coat)',
        94: 'swing (coat)', 95: 'halter (dress)', 96: 'wrap (dress)',
        97: 'chemise (dress)', 98: 'slip (dress)', 99: 'cheongsams',
        100: 'jumper (dress)', 101: 'shift (dress)', 102: 'sheath (dress)',
        103: 'shirt (dress)', 104: 'sundress', 105: 'kaftan', 106: 'bodycon (dress)',
        107: 'nightgown', 108: 'gown', 109: 'sweater (dress)', 110: 'tea (dress)',
        111: 'blouson (dress)', 112: 'tunic (dress)', 113: 'skater (dress)',
    }),
    ('silhouette', {
        114: 'asymmetrical', 115: 'symmetrical', 116: 'peplum', 117: 'circle',
        118: 'flare', 119: 'fit and flare', 120: 'trumpet', 121: 'mermaid',
        122: 'balloon', 123: 'bell', 124: 'bell bottom', 125: 'bootcut', 126: 'peg',
        127: 'pencil', 128: 'straight', 129: 'a-line', 130: 'tent', 131: 'baggy',
        132: 'wide leg', 133: 'high low', 134: 'curved (fit)', 135: 'tight (fit)',
        136: 'regular (fit)', 137: 'loose (fit)', 138: 'oversized',
    }),
    ('waistline', {
        139: 'empire waistline', 140: 'dropped waistline', 141: 'high waist',
        142: 'normal waist', 143: 'low waist', 144: 'basque (wasitline)',
        145: 'no waistline',
    }),
    ('length', {
        146: 'above-the-hip (length)', 147: 'hip (length)', 148: 'micro (length)',
        149: 'mini (length)', 150: 'above-the-knee (length)', 151: 'knee (length)',
        152: 'below the knee (length)', 153: 'midi', 154: 'maxi (length)',
        155: 'floor (length)', 156: 'sleeveless', 157: 'short (length)',
        158: 'elbow-length', 159: 'three quarter (length)', 160: 'wrist-length',
    }),
    ('nickname', {
        161: 'asymmetric (collar)', 162: 'regular (collar)', 163: 'shirt (collar)',
        164: 'polo (collar)', 165: 'chelsea (collar)', 166: 'banded (collar)',
        167: 'mandarin (collar)', 168: 'peter pan (collar)', 169: 'bow (collar)',
        170: 'stand-away (collar)', 171: 'jabot (collar)', 172: 'sailor (collar)',
        173: 'oversized (collar)', 174: 'notched (lapel)', 175: 'peak (lapel)',
        176: 'shawl (lapel)', 177: 'napoleon (lapel)', 178: 'oversized (lapel)',
    }),
    ('neckline type', {
        179: 'collarless', 180: 'asymmetric (neckline)', 181: 'crew (neck)',
        182: 'round (neck)', 183: 'v-neck', 184: 'surplice (neck)', 185: 'oval (neck)',
        186: 'u-neck', 187: 'sweetheart (neckline)', 188: 'queen anne (neck)',
        189: 'boat (neck)', 190: 'scoop (neck)', 191: 'square (neckline)',
        192: 'plunging (neckline)', 193: 'keyhole (neck)', 194: 'halter (neck)',
        195: 'crossover (neck)', 196: 'choker (neck)', 197: 'high (neck)',
        198: 'turtle (neck)', 199: 'cowl (neck)', 200: 'straight across (neck)',
        201: 'illusion (neck)', 202: 'off-the-shoulder', 203: 'one shoulder',
    }),
    ('nickname', {
        204: 'set-in sleeve', 205: 'dropped-shoulder sleeve', 206: 'raglan (sleeve)',
        207: 'cap (sleeve)', 208: 'tulip (sleeve)', 209: 'puff (sleeve)',
        210: 'bell (sleeve)', 211: 'circular flounce (sleeve)', 212: 'poet (sleeve)',
        213: 'dolman (sleeve), batwing (sleeve)', 214: 'bishop (sleeve)',
        215: 'leg of mutton (sleeve)', 216: 'kimono (sleeve)', 217: 'cargo (pocket)',
        218: 'patch (pocket)', 219: 'welt (pocket)', 220: 'kangaroo (pocket)',
        221: 'seam (pocket)', 222: 'slash (pocket)', 223: 'curved (pocket)',
        224: 'flap (pocket)',
    }),
    ('opening type', {
        225: 'single breasted', 226: 'double breasted', 227: 'lace up', 228: 'wrapping',
        229: 'zip-up', 230: 'fly (opening)', 231: 'chained (opening)',
        232: 'buckled (opening)', 233: 'toggled (opening)', 234: 'no opening',
    }),
    ('non-textile material type', {
        281: 'plastic', 282: 'rubber', 283: 'metal', 285: 'feather', 286: 'gem',
        287: 'bone', 288: 'ivory', 289: 'fur',
    }),
    ('leather', {
        290: 'suede', 291: 'shearling', 292: 'crocodile', 293: 'snakeskin',
    }),
    ('non-textile material type', {
        294: 'wood', 295: 'no non-textile material',
    }),
    ('textile finishing, manufacturing techniques', {
        296: 'burnout', 297: 'distressed', 298: 'washed', 299: 'embossed',
        300: 'frayed', 301: 'printed', 302: 'ruched', 303: 'quilted', 304: 'pleat',
        305: 'gathering', 306: 'smocking', 307: 'tiered', 308: 'cutout', 309: 'slit',
        310: 'perforated', 311: 'lining', 312: 'applique(a)', 313: 'bead(a)',
        314: 'rivet(a)', 315: 'sequin(a)', 316: 'no special manufacturing technique',
    }),
    ('textile pattern', {
        317: 'plain (pattern)', 318: 'abstract', 319: 'cartoon',
        320: 'letters, numbers', 321: 'camouflage', 322: 'check', 323: 'dot',
        324: 'fair isle', 325: 'floral', 326: 'geometric', 327: 'paisley',
        328: 'stripe', 329: 'houndstooth (pattern)', 330: 'herringbone (pattern)',
        331: 'chevron', 332: 'argyle',
    }),
    ('animal', {
        333: 'leopard', 334: 'snakeskin (pattern)', 335: 'cheetah', 336: 'peacock',
        337: 'zebra', 338: 'giraffe',
    }),
    ('textile pattern', {
        339: 'toile de jouy', 340: 'plant',
    }),
)
# fmt: on


def _labels(groups) -> tuple[Label, ...]:
    return tuple(
        Label(label_id, name, supercategory)
        for supercategory, names in groups
        for label_id, name in names.items()
    )


CATEGORIES = _labels(_CATEGORY_GROUPS)
ATTRIBUTES = _labels(_ATTRIBUTE_GROUPS)
NUM_CATEGORIES = len(CATEGORIES)
NUM_ATTRIBUTES = len(ATTRIBUTES)
# Fills unused attribute slots at the data boundary; never a column of a score.
ATTRIBUTE_PADDING = NUM_ATTRIBUTES
# The most attributes that one mask of the competition's train.csv has.
MAX_ATTRIBUTES_PER_OBJECT = 14

CATEGORY_NAMES = tuple(c.name for c in CATEGORIES)
ATTRIBUTE_NAMES = tuple(a.name for a in ATTRIBUTES)
CATEGORY_IDS = tuple(c.id for c in CATEGORIES)
ATTRIBUTE_IDS = tuple(a.id for a in ATTRIBUTES)
CATEGORY_ID_TO_INDEX = {c.id: i for i, c in enumerate(CATEGORIES)}
ATTRIBUTE_ID_TO_INDEX = {a.id: i for i, a in enumerate(ATTRIBUTES)}
FASHIONPEDIA = Taxonomy(
    'iMaterialist (Fashion) 2020', CATEGORIES, ATTRIBUTES, MAX_ATTRIBUTES_PER_OBJECT
)


def label_descriptions() -> dict:
    """The taxonomy as the competition's ``label_descriptions.json`` holds it.

    Returns:
        dict: ``categories`` and ``attributes``, lists of dicts with id, name,
        supercategory and level.
    """
    subgroups = ('animal', 'leather')  # the attributes that the file puts on level 2
    return dict(
        categories=[dict(c._asdict(), level=2) for c in CATEGORIES],
        attributes=[
            dict(a._asdict(), level=2 if a.supercategory in subgroups else 1)
            for a in ATTRIBUTES
        ],
    )


def label_tables(taxonomy: Taxonomy = FASHIONPEDIA) -> dict:
    """A taxonomy as annotation files hold it.

    Args:
        taxonomy (Taxonomy): this one, or one of one's own.

    Returns:
        dict: ``categories`` and ``attributes``.
    """
    return label_descriptions() if taxonomy == FASHIONPEDIA else taxonomy.tables()
