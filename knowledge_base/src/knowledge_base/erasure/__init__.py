"""What remains of somebody who was erased: an id."""
