"""What an evaluation of a size could show: smallest detectable change, chance to see the expected one, size needed."""
