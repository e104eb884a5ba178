"""English words whose other forms no stemmer knows, and forms whose apostrophe people leave out."""

_FORMS = {
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
"""By the word that they are forms of: one that its stemmer leaves as it is."""

STEMS = {form: word for word, forms in _FORMS.items() for form in forms.split()}
"""The stems of irregular forms; all other words have those of the stemmer."""
