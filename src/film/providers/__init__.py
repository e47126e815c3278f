"""Who makes the assets: one file per vendor, one registry line each, and the draft tier that needs none."""
