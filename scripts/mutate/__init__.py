"""Mutation score of the RTL: thousands of mutants in a few builds (docs/verification.md)."""
