"""Who has a right to what: rules as dated data, three truth values, every condition with its clause."""
