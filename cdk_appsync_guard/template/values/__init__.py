"""One value: literals, texts with holes, unknowns, and the functions over them."""
