"""What tests of films and of providers need: doubles, simulated vendors, and the suite that every provider passes."""
