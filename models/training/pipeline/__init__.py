"""Data, networks and loops that train Tillsight's detector and embedder."""
