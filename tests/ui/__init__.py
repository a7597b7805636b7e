"""The app as something that speaks HTTP to it meets it: any payload, in any order."""
