"""Parts of a merge: what it is told of its models on data, and the merge of adapters."""
