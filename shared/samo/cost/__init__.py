"""What a deployment costs: measured stage times, sizes of instances and the price list; for the command line alone."""
