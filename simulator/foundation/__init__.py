"""What every room stands on: categories, the clock of a day, columns, draws, thread blocks, spelling."""
