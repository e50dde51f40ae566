"""Whether this machine and this installation will do: each thing looked at, and what to do where it fails."""
