"""What a model that was made of others is worth: examined when it stands, and swept between."""
