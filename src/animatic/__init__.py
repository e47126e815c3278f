"""The draft tier: pictures, camera moves and speech made on this machine, with no key, no network, at $0."""
