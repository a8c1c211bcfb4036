"""Portraits, reports, explanations, diagnoses → one HTML file each, for people who look at them."""
