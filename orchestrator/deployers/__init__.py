"""The two deployers behind one interface, and the clouds that they deploy to."""
