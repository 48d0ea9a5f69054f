"""Mutation score of the C++ that decides what is right."""
