"""English words that the stemmer would treat wrongly: irregular plurals, possessives that people write without an
apostrophe, and clothes, which are no cloth.
"""

_FORMS = {
    "apparel": "clothes clothing",
    "calf": "calves",
    "child": "children childrens",
    "dwarf": "dwarves",
    "elf": "elves",
    "foot": "feet",
    "half": "halves",
    "hoof": "hooves",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "loaf": "loaves",
    "man": "men mens",
    "scarf": "scarves",
    "shelf": "shelves",
    "thief": "thieves",
    "tooth": "teeth",
    "wife": "wives",
    "wolf": "wolves",
    "woman": "women womens",
}
"""By their stem."""

STEMS = {form: word for word, forms in _FORMS.items() for form in forms.split()}
"""Stems of irregular forms; the stemmer handles all others."""
