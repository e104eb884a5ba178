"""What remains of somebody who was erased: sums of gifts under an id that leads to nobody."""
