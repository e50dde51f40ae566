"""Light on streets by night: lamps, inventories, illuminance, hours of lighting."""
