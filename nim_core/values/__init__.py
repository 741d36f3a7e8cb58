"""The frozen values that flow through the house: no input, no output, the ground floor."""
