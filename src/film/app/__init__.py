"""What people may ask of the program: make a film or a shot, take files in, look after the gallery.

Commands, a browser's pages and other people's programs call these; they decide nothing themselves.
"""
