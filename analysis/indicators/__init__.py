"""What is counted, in which unit, which direction is better, and the cells of a comparison."""
