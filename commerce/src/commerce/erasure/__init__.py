"""What remains of a customer who was erased: orders and declarations that the law has us keep, under an id alone."""
