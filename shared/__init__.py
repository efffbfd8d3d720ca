"""What all layers share: contracts, settings, tags, policies, routes and a few components."""
