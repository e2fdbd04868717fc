"""Trials: their registry, where it differs from the papers, and all that several papers tell."""
