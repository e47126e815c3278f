"""Files as this program opens and writes them: within bounds, its own only, and what it wrote before."""
