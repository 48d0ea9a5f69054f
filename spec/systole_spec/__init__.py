"""Reads the definition files of spec/ and writes what follows from them."""
