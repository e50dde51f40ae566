"""Do no harm: whether anybody loses more than a material margin, tested in a tree so that few findings are false."""
