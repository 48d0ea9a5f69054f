"""Silicon figures: area, clock and power of the accelerator in the cells of a liberty file."""
