"""What people want to do on a day: tours, their stops, times and destinations, and stays without travel."""
