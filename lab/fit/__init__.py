"""Fits the weights of the catalogue on labelled captures. Needs numpy and scipy (Debian's)."""
